// Stand-in for the part of Gradle's Kotlin DSL and of the Android plugin's that exports use, as documented at
// https://docs.gradle.org/current/kotlin-dsl and https://developer.android.com/reference/tools/gradle-api/9.0:
// it shows that the scripts are Kotlin with these names. It builds nothing.
package gradle

enum class JavaVersion { VERSION_17 }

class PluginSpec {
    infix fun version(version: String?) = this

    infix fun apply(apply: Boolean) = this
}

class Plugins {
    fun id(id: String) = PluginSpec()
}

fun plugins(block: Plugins.() -> Unit) = Plugins().block()

class DefaultConfig {
    var applicationId: String? = null
    var minSdk: Int? = null
    var targetSdk: Int? = null
    var versionCode: Int? = null
    var versionName: String? = null
    var testInstrumentationRunner: String? = null

    fun consumerProguardFiles(vararg files: Any) = files
}

class CompileOptions {
    var sourceCompatibility = JavaVersion.VERSION_17
    var targetCompatibility = JavaVersion.VERSION_17
}

class AndroidResources {
    val noCompress: MutableCollection<String> = mutableListOf()
}

class SourceDirectorySet {
    fun srcDir(folder: Any) = folder
}

class SourceSet {
    val resources = SourceDirectorySet()
}

class SourceSets {
    fun getByName(name: String) = SourceSet()
}

class Android {
    var namespace: String? = null
    var compileSdk: Int? = null

    fun defaultConfig(block: DefaultConfig.() -> Unit) = DefaultConfig().block()

    fun compileOptions(block: CompileOptions.() -> Unit) = CompileOptions().block()

    fun androidResources(block: AndroidResources.() -> Unit) = AndroidResources().block()

    fun sourceSets(block: SourceSets.() -> Unit) = SourceSets().block()
}

fun android(block: Android.() -> Unit) = Android().block()

class Dependencies {
    fun implementation(notation: Any) = notation

    fun api(notation: Any) = notation

    fun testImplementation(notation: Any) = notation

    fun androidTestImplementation(notation: Any) = notation

    fun project(path: String) = path
}

fun dependencies(block: Dependencies.() -> Unit) = Dependencies().block()

class Repositories {
    fun google() = Unit

    fun mavenCentral() = Unit

    fun gradlePluginPortal() = Unit
}

class PluginManagement {
    fun repositories(block: Repositories.() -> Unit) = Repositories().block()

    fun plugins(block: Plugins.() -> Unit) = Plugins().block()
}

fun pluginManagement(block: PluginManagement.() -> Unit) = PluginManagement().block()

fun dependencyResolutionManagement(block: PluginManagement.() -> Unit) = PluginManagement().block()

class RootProject {
    var name: String = ""
}

val rootProject = RootProject()

fun include(vararg paths: String) = paths
