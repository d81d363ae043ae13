// The test for devices with a network that gives one wrong output: it must fail.
package edgeflow.model.tiny_digits

import org.junit.runner.JUnitCore
import org.tensorflow.lite.StandIn

fun main() {
    standIn()
    val right = StandIn.answer
    StandIn.answer = java.util.function.Function { values ->
        right.apply(values).map { output -> output.clone().also { it[0] = (it[0] + 7).toByte() } }
    }
    JUnitCore.runClasses(DeviceTest::class.java).failures.forEach { println(it.description.methodName) }
}
