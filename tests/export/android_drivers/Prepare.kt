// Prepares many raw pictures and sounds with the exported Kotlin: cases from one file, bytes to another.
import edgeflow.model.spoken.SoundFeatures
import edgeflow.model.spoken.SoundSpec
import edgeflow.model.tiny_digits.AspectRatio
import edgeflow.model.tiny_digits.ElementType
import edgeflow.model.tiny_digits.Frame
import edgeflow.model.tiny_digits.FrameFormat
import edgeflow.model.tiny_digits.Interpolation
import edgeflow.model.tiny_digits.PicturePreprocessing
import edgeflow.model.tiny_digits.PictureSpec
import edgeflow.model.tiny_digits.TensorType
import edgeflow.model.tiny_digits.ValueTable
import edgeflow.model.tiny_digits.onWhite
import edgeflow.model.tiny_digits.realValues
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.File

private fun DataInputStream.bytes() = ByteArray(readInt()).also { readFully(it) }

private fun DataInputStream.doubles() = DoubleArray(readInt()) { readDouble() }

private fun picture(file: DataInputStream): ByteArray {
    val spec = PictureSpec(
        file.readInt(), file.readInt(), file.readInt(),
        Interpolation.entries[file.readInt()], AspectRatio.entries[file.readInt()], file.readInt(),
        doubleArrayOf(), doubleArrayOf(),
    )
    val format = FrameFormat.entries[file.readInt()]
    return PicturePreprocessing(spec).prepare(Frame(file.readInt(), file.readInt(), format, file.bytes()))
}

private fun sound(file: DataInputStream): ByteArray {
    val spec = SoundSpec(
        file.readInt() == 1, file.readInt(), file.readInt(), file.readInt(), file.readInt(), file.readInt(),
    )
    val features = SoundFeatures(spec, file.bytes())
    return features.of(ShortArray(file.readInt()) { file.readShort() })
}

private fun type(file: DataInputStream) =
    TensorType(ElementType.entries[file.readInt()], file.readInt(), file.readFloat(), file.readInt())

private fun values(file: DataInputStream): ByteArray {
    val scale = file.doubles()
    return ValueTable(scale, file.doubles(), type(file)).raw(file.bytes())
}

private fun reals(file: DataInputStream): ByteArray {
    val type = type(file)
    val floats = realValues(file.bytes(), type)
    return floats.joinToString(" ") { it.toRawBits().toString() }.encodeToByteArray()
}

private fun white(): ByteArray = ByteArray(1 shl 16) { onWhite(it and 255, it shr 8).toByte() }

fun main(arguments: Array<String>) {
    DataInputStream(File(arguments[0]).inputStream().buffered()).use { file ->
        DataOutputStream(File(arguments[1]).outputStream().buffered()).use { answers ->
            repeat(file.readInt()) {
                val found = when (val kind = file.readUTF()) {
                    "picture" -> picture(file)
                    "sound" -> sound(file)
                    "values" -> values(file)
                    "reals" -> reals(file)
                    "white" -> white()
                    else -> error(kind)
                }
                answers.writeInt(found.size)
                answers.write(found)
            }
        }
    }
}
