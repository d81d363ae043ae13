"""Compile Kotlin with a real kotlinc and run it on the JVM, without Gradle."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

# Where `npm pack kotlin-compiler@2.4.20` was unpacked; .ci/run does it. A kotlinc on the PATH does as well.
KOTLIN = Path(os.environ.get("EDGEFLOW_KOTLIN", Path.home() / ".cache/edgeflow/kotlin-compiler"))
JUNIT = ("/usr/share/java/junit4.jar", "/usr/share/java/hamcrest-all.jar")  # Debian's junit4
STAND_INS = Path(__file__).resolve().parent / "stand_ins"
_MAIN = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"
# Start-up is most of the time: the second compiler of the JVM does not pay.
_JVM = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx2g")


def kotlin_jars():
    """Jars of the compiler's folder; the test skips and says so without one, or without Java or JUnit."""
    for program in ("java", "javac"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    for jar in JUNIT:
        if not Path(jar).is_file():
            pytest.skip(f"{jar} is not there: apt-get install junit4")
    on_path = shutil.which("kotlinc")
    homes = [KOTLIN, *([Path(on_path).resolve().parent.parent] if on_path else [])]
    for home in homes:
        if (home / "lib" / "kotlin-compiler.jar").is_file():
            return home / "lib"
    pytest.skip(f"kotlinc is neither on the PATH nor in {KOTLIN}")


def run(*command, cwd, timeout=300):
    """A finished process; its output when it fails."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False, timeout=timeout
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def compiled(sources, folder):
    """Folder with the classes of Kotlin files and of the stand-ins; any warning is an error."""
    lib = kotlin_jars()
    stand_ins, classes = folder / "stand_ins", folder / "classes"
    run("javac", "-d", stand_ins, "-cp", JUNIT[0], *sorted(STAND_INS.rglob("*.java")), cwd=folder)
    libraries = [stand_ins, *JUNIT, lib / "kotlinx-coroutines-core-jvm.jar", lib / "kotlin-stdlib.jar"]
    run(
        *("java", *_JVM, "-cp", os.pathsep.join(map(str, sorted(lib.glob("*.jar")))), _MAIN),
        *("-Werror", "-jvm-target", "17", "-no-stdlib", "-no-reflect", "-d", classes),
        *("-cp", os.pathsep.join(map(str, libraries)), *sources),
        cwd=folder,
    )
    return classes


def run_main(name, classes, *arguments, resources=(), properties=None, is_checked=True):
    """Run a class with a main function; returns output and exit status."""
    lib = kotlin_jars()
    path = [classes, classes.parent / "stand_ins", *resources, *JUNIT]
    path += [lib / "kotlinx-coroutines-core-jvm.jar", lib / "kotlin-stdlib.jar"]
    settings = [f"-D{key}={value}" for key, value in (properties or {}).items()]
    command = [
        "java",
        "-Xmx1g",
        *settings,
        "-cp",
        os.pathsep.join(map(str, path)),
        name,
        *map(str, arguments),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert not is_checked or done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout, done.returncode
