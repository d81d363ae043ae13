// The exported classifier with the stand-in of LiteRT, which answers golden cases: results, delegates, handles.
package edgeflow.model.tiny_digits

import android.app.Activity
import android.content.ContentResolver
import android.content.Context
import android.content.res.AssetManager
import android.graphics.Bitmap
import androidx.test.platform.app.InstrumentationRegistry
import java.io.DataInputStream
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import kotlin.concurrent.thread
import kotlin.system.exitProcess
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.JUnitCore
import org.tensorflow.lite.DataType
import org.tensorflow.lite.StandIn
import org.tensorflow.lite.Tensor

private class Folder(private val folder: File) : Context() {
    override fun getAssets() = AssetManager(folder)

    override fun getApplicationContext(): Context = this

    override fun getContentResolver(): ContentResolver = throw UnsupportedOperationException()
}

private class Port(private val type: DataType, private val count: Int, private val scale: Float) : Tensor {
    override fun dataType() = type

    override fun numElements() = count

    override fun name() = "port"

    override fun quantizationParams() = Tensor.QuantizationParams(scale, 0)
}

/** Tensors as the model of the tests has them; golden inputs get golden outputs, others zeros. */
internal fun standIn(): Context {
    val golden = DataInputStream(Golden::class.java.getResourceAsStream("/tiny_digits/network.bin")!!).use { stream ->
        fun tensors() = List(stream.readInt()) { ByteArray(stream.readInt()).also { stream.readFully(it) } }
        List(stream.readInt()) { tensors() to tensors() }
    }
    StandIn.inputs = listOf(Port(DataType.INT8, 64, 1f / 128))
    StandIn.outputs = listOf(Port(DataType.INT8, 3, 1f / 16))
    StandIn.answer = java.util.function.Function { values ->
        golden.firstOrNull { it.first[0].contentEquals(values[0]) }?.second ?: listOf(ByteArray(3))
    }
    StandIn.noDelegate = emptyList()
    StandIn.noInterpreter = emptyList()
    StandIn.noRun = emptyList()
    StandIn.gpuIsKnown = true
    val context = Folder(File(System.getProperty("assets")!!))
    InstrumentationRegistry.INSTRUMENTATION.context = context
    return context
}

class Lifecycle {
    private lateinit var context: Context

    @Before
    fun start() {
        context = standIn()
        assertEquals(0, StandIn.openHandles)
        StandIn.madeHandles = 0
    }

    @After
    fun nothingIsLeft() {
        assertTrue(StandIn.madeHandles > 0)
        assertEquals(0, StandIn.openHandles)
        standIn()
    }

    private fun made(vararg accelerators: Accelerator, dispatcher: CoroutineDispatcher? = null) = runBlocking {
        TinyDigitsClassifier.create(context, ClassifierOptions(accelerators = accelerators.asList()), dispatcher)
    }

    @Test
    fun classifiesPicturesWithLabels() = made(Accelerator.XNNPACK).use { classifier ->
        StandIn.answer = java.util.function.Function { values ->
            assertArrayEquals(ByteArray(64) { 127 }, values[0]) // white
            listOf(byteArrayOf(16, -16, 32))
        }
        val bitmap = Bitmap.createBitmap(IntArray(40 * 30) { -1 }, 40, 30, Bitmap.Config.ARGB_8888)
        val hardware = Bitmap.createBitmap(IntArray(40 * 30) { 0x00123456 }, 40, 30, Bitmap.Config.HARDWARE)
        for (picture in listOf(bitmap, hardware)) {
            val found = runBlocking { classifier.classify(picture, topK = 2) }
            assertEquals(listOf(Category(2, "Größe \"2\"", 2f), Category(0, "null", 1f)), found.categories)
        }
    }

    @Test
    fun theFloatModelTakesAndGivesRealNumbers() {
        StandIn.inputs = listOf(Port(DataType.FLOAT32, 64, 0f))
        StandIn.outputs = listOf(Port(DataType.FLOAT32, 3, 0f))
        val answer = floatArrayOf(0.25f, 0.5f, 0.25f)
        StandIn.answer = java.util.function.Function { listOf(bytes(answer)) }
        val options = ClassifierOptions(model = ModelFile.FLOAT)
        runBlocking { TinyDigitsClassifier.create(context, options) }.use { classifier ->
            assertEquals(Accelerator.XNNPACK, classifier.accelerator)
            StandIn.answer = java.util.function.Function { values ->
                assertArrayEquals(bytes(FloatArray(64) { (4 * it) / 128f - 1 }), values[0])
                listOf(bytes(answer))
            }
            val frame = Frame(8, 8, FrameFormat.GRAY8, ByteArray(64) { (4 * it).toByte() })
            val found = runBlocking { classifier.classify(frame, 1) }
            assertEquals(listOf(Category(1, "eins", 0.5f)), found.categories)
        }
    }

    private fun bytes(values: FloatArray): ByteArray {
        val buffer = ByteBuffer.allocate(4 * values.size).order(ByteOrder.nativeOrder())
        values.forEach { buffer.putFloat(it) }
        return buffer.array()
    }

    @Test
    fun bitmapsAndFramesGiveTheSameInput() = made(Accelerator.CPU).use { classifier ->
        val seen = mutableListOf<ByteArray>()
        StandIn.answer = java.util.function.Function { values -> seen += values[0]; listOf(ByteArray(3)) }
        val bytes = ByteArray(3 * 50 * 20) { (it * 89 + it / 7).toByte() }
        val colours = IntArray(50 * 20) { pixel ->
            (0..2).fold(-1) { colour, channel -> (colour shl 8) or (bytes[3 * pixel + channel].toInt() and 255) }
        }
        runBlocking {
            classifier.classify(Frame(50, 20, FrameFormat.RGB888, bytes))
            classifier.classify(Bitmap.createBitmap(colours, 50, 20, Bitmap.Config.ARGB_8888))
        }
        assertArrayEquals(seen[0], seen[1])
        assertTrue(seen[0].distinct().size > 10)
    }

    @Test
    fun theFirstWorkingAcceleratorIsUsedAndReported() {
        StandIn.noDelegate = listOf("GpuDelegate")
        StandIn.noRun = listOf("NnApiDelegate")
        StandIn.noInterpreter = listOf("XNNPACK")
        made(*Accelerator.entries.toTypedArray()).use {
            assertEquals(Accelerator.CPU, it.accelerator)
            assertEquals(Accelerator.entries, it.attempts.map { attempt -> attempt.accelerator })
            assertEquals("no native library of GpuDelegate", it.attempts[0].failure)
            assertEquals("Internal error: Failed to run on the given Interpreter", it.attempts[1].failure)
            assertEquals("Internal error: Failed to apply delegate: XNNPACK", it.attempts[2].failure)
            assertEquals(null, it.attempts[3].failure)
            assertEquals(1, StandIn.openHandles)
        }
        made(Accelerator.GPU, Accelerator.CPU).use { assertEquals(Accelerator.CPU, it.accelerator) }
    }

    @Test
    fun aDelegateIsClosedWithItsInterpreter() = made(Accelerator.GPU, Accelerator.CPU).use {
        assertEquals(Accelerator.GPU, it.accelerator)
        assertEquals(2, StandIn.openHandles)
    }

    @Test
    fun anUnknownGpuIsNoted() {
        StandIn.gpuIsKnown = false
        val failure = assertThrows(IllegalStateException::class.java) { made(Accelerator.GPU) }
        assertEquals("GPU: the GPU delegate does not know this device", failure.message)
    }

    @Test
    fun nothingIsLeftOfAModelWithOtherScores() {
        StandIn.outputs = listOf(Port(DataType.INT8, 4, 1f))
        StandIn.answer = java.util.function.Function { listOf(ByteArray(4)) }
        val failure = assertThrows(IllegalStateException::class.java) { made(Accelerator.GPU) }
        assertEquals("the model has 4 scores and 3 labels", failure.message)
    }

    @Test
    fun nothingIsLeftOfAModelOfOtherTypes() {
        StandIn.outputs = listOf(Port(DataType.INT64, 3, 1f))
        assertThrows(IllegalStateException::class.java) { made(Accelerator.GPU, Accelerator.CPU) }
    }

    @Test
    fun nothingIsLeftOfACancelledCreation() = runBlocking {
        val running = CountDownLatch(1)
        val cancelled = CountDownLatch(1)
        StandIn.answer = java.util.function.Function {
            running.countDown()
            cancelled.await()
            listOf(ByteArray(3))
        }
        var failure: Throwable? = null
        val job = launch(Dispatchers.Default) {
            try {
                TinyDigitsClassifier.create(context)
            } catch (caught: CancellationException) {
                failure = caught
            }
        }
        running.await()
        job.cancel()
        cancelled.countDown()
        job.join()
        assertTrue(failure is CancellationException)
    }

    @Test
    fun closeWaitsForARunningInference() {
        val classifier = made(Accelerator.GPU)
        val running = CountDownLatch(1)
        var isDone = false
        StandIn.answer = java.util.function.Function {
            running.countDown()
            Thread.sleep(100)
            isDone = true
            listOf(ByteArray(3))
        }
        val call = thread { runBlocking { classifier.run(listOf(ByteArray(64))) } }
        running.await()
        classifier.close()
        assertTrue(isDone)
        call.join()
        assertThrows(IllegalStateException::class.java) { runBlocking { classifier.run(listOf(ByteArray(64))) } }
    }

    @Test
    fun callsOfManyCoroutinesDoNotMix() = made(Accelerator.CPU).use { classifier ->
        StandIn.answer = java.util.function.Function { values -> listOf(ByteArray(3) { values[0][0] }) }
        runBlocking {
            val found = List(40) { number -> async { classifier.run(listOf(ByteArray(64) { number.toByte() }))[0][2] } }
            assertEquals(List(40) { it.toByte() }, found.awaitAll())
        }
    }

    @Test
    fun workGoesToTheGivenDispatcher() {
        val threads = mutableSetOf<String>()
        Executors.newSingleThreadExecutor { Thread(it, "mine") }.asCoroutineDispatcher().use { mine ->
            made(Accelerator.CPU, dispatcher = mine).use { classifier ->
                StandIn.answer = java.util.function.Function {
                    threads += Thread.currentThread().name.substringBefore(" @")
                    listOf(ByteArray(3))
                }
                runBlocking { classifier.classify(Frame(8, 8, FrameFormat.GRAY8, ByteArray(64))) }
            }
        }
        assertEquals(setOf("mine"), threads)
    }

    @Test
    fun wrongSizesAreRefused() {
        made(Accelerator.CPU).use { classifier ->
            for (values in listOf(listOf(ByteArray(63)), emptyList())) {
                assertThrows(IllegalArgumentException::class.java) { runBlocking { classifier.run(values) } }
            }
        }
    }
}

/** Runs the classes of tests with these names; prints the number of tests and every failure. */
fun main(names: Array<String>) {
    standIn()
    val result = JUnitCore.runClasses(*names.map { Class.forName(it) }.toTypedArray())
    println("${result.runCount} tests")
    result.failures.forEach { println("${it.description.methodName}: ${it.trace.lines().filter { line -> !line.contains("junit") }.joinToString("\n")}") }
    exitProcess(if (result.wasSuccessful()) 0 else 1)
}
