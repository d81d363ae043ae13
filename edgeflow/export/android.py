"""An Android library module on LiteRT: model, Kotlin, tests and a sample app, as Gradle takes them."""

from __future__ import annotations

from edgeflow.export.android_golden import golden_files
from edgeflow.export.android_sound import sound_tables_file
from edgeflow.export.bundle import Bundle
from edgeflow.export.described import with_metadata
from edgeflow.export.metadata import metadata_of, serialized
from edgeflow.export.shared import labels_file, papers_of, render
from edgeflow.preprocess.spec import PictureSpec

# Versions of what a module of 2026 is built with; an app's own take precedence.
VERSIONS = {
    "litert": "1.4.2",
    "coroutines": "1.10.2",
    "android_plugin": "9.0.0",
    "gradle": "9.1.0",
    "compile_sdk": 36,
    "min_sdk": 24,
}
# What cannot stand in a Kotlin or Java package: hard keywords of kotlinlang.org/docs/keyword-reference.html
# and Java Language Specification 17, section 3.9. Those of C are no prefix to begin with.
_WORDS = frozenset(
    "abstract as assert boolean byte extends final finally fun implements import in instanceof interface is"
    " native null object package strictfp super synchronized throws transient typealias val var when".split()
)
_PROJECT = (
    "settings.gradle.kts",
    "build.gradle.kts",
    "gradle.properties",
    "gradle/wrapper/gradle-wrapper.properties",
)
_MODULE = ("build.gradle.kts", "consumer-rules.pro")
_SOURCES = ("Values", "Session")
_PICTURE_SOURCES = ("Picture", "Colour", "PicturePreprocessing")
_SOUND_SOURCES = ("SoundFeatures",)


def files(bundle: Bundle) -> dict[str, bytes]:
    """A Gradle project of a library module and a sample app; the module's folder has the bundle's name."""
    kind = kind_of(bundle)
    package = package_of(bundle)
    values = {"package": package, "name": class_name(bundle), "kind": kind, **VERSIONS}

    def rendered(template: str) -> bytes:
        return render(f"android/{template}.j2", bundle, **values)

    folder = package.replace(".", "/")
    module = {name: rendered(f"module/{name}") for name in _MODULE}
    module["src/main/AndroidManifest.xml"] = rendered("module/AndroidManifest.xml")
    own = {"picture": _PICTURE_SOURCES, "sound": _SOUND_SOURCES}.get(kind, ())
    for source in (*_SOURCES, *own):
        module[f"src/main/kotlin/{folder}/{source}.kt"] = rendered(f"module/kotlin/{source}.kt")
    classifier = f"src/main/kotlin/{folder}/{class_name(bundle)}Classifier.kt"
    module[classifier] = rendered("module/kotlin/Classifier.kt")
    module[f"src/test/kotlin/{folder}/GoldenTest.kt"] = rendered("module/test/GoldenTest.kt")
    module[f"src/androidTest/kotlin/{folder}/DeviceTest.kt"] = rendered("module/androidTest/DeviceTest.kt")
    for name, data in _assets(bundle).items():
        module[f"src/main/assets/{bundle.name}/{name}"] = data
    for name, data in golden_files(bundle).items():
        module[f"src/golden/resources/{bundle.prefix}/{name}"] = data
    activity = f"sample/src/main/kotlin/{folder}/sample/MainActivity.kt"
    project = {
        **{name: rendered(name) for name in _PROJECT},
        **{f"{bundle.name}/{name}": data for name, data in module.items()},
        "sample/build.gradle.kts": rendered("sample/build.gradle.kts"),
        "sample/src/main/AndroidManifest.xml": rendered("sample/AndroidManifest.xml"),
        activity: rendered("sample/MainActivity.kt"),
    }
    return project | papers_of(bundle, "android", "android/README.md.j2", project, values)


def kind_of(bundle: Bundle) -> str:
    """What the network takes: ``picture``, ``sound``, or raw tensors (an empty text)."""
    if bundle.preprocessing is None:
        return ""
    return "picture" if isinstance(bundle.preprocessing, PictureSpec) else "sound"


def class_name(bundle: Bundle) -> str:
    """The beginning of the class's name: ``TinyDigits`` of ``tiny_digits``."""
    return "".join(word.capitalize() for word in bundle.prefix.split("_"))


def package_of(bundle: Bundle) -> str:
    """The module's package and namespace."""
    return f"edgeflow.model.{bundle.prefix}{'_model' if bundle.prefix in _WORDS else ''}"


def _assets(bundle: Bundle) -> dict[str, bytes]:
    """The model, or both, with metadata; labels; the tables of sounds."""
    metadata = metadata_of(bundle)
    flat = serialized(metadata)
    assets = {f"{bundle.name}.tflite": with_metadata(bundle.tflite, flat, metadata.files)}
    if bundle.float_model is not None:
        assets[f"{bundle.name}_float.tflite"] = with_metadata(bundle.float_model, flat, metadata.files)
    if bundle.labels:
        assets["labels.txt"] = labels_file(bundle)
    tables = sound_tables_file(bundle)
    return assets | ({"sound_tables.bin": tables} if tables else {})
