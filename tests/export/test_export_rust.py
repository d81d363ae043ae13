"""The Rust crate: cargo builds and tests it on the host, rustc for the core, which runs the self-test."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bundles import PICTURES, bundle_of
from exported import need, run_on_core, write

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "preprocess"))

from sound_specs import SPECS
from tflite_file import fully_connected

from edgeflow.export.rust import files, rust_string

# A rustc, and the folder of its libcore for the target, for machines where rustup has none.
RUSTC, LIBRARIES = "EDGEFLOW_TEST_RUSTC", "EDGEFLOW_TEST_RUST_LIBRARIES"
TARGET = "thumbv7em-none-eabihf"
_MAIN = """
#![no_std]
#![no_main]

use tiny_digits::{Arena, Model};

extern "C" {
    fn print_text(text: *const u8);
    fn ef_platform_init();
    fn ef_platform_exit(code: i32);
}

extern "C" fn print_line(line: *const u8) {
    unsafe {
        print_text(line);
        print_text(b"\\n\\0".as_ptr());
    }
}

static mut ARENA: Arena = Arena::new();

#[no_mangle]
pub extern "C" fn main() -> i32 {
    unsafe { ef_platform_init() };
    let mut model = Model::new(unsafe { &mut *core::ptr::addr_of_mut!(ARENA) });
    let failures = model.selftest(Some(print_line));
    unsafe { ef_platform_exit(failures) };
    loop {}
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
"""

_PRINT = """
#include "ef_core.h"

void print_text(const char *text);

void print_text(const char *text)
{{
    (void)ef_semihosting_call(0x04, text); /* SYS_WRITE0 */
}}
"""
_CLIP = """
use tiny_digits::preprocess::{Clip, State};
use tiny_digits::{Arena, Model};

#[test]
fn pieces_and_a_whole_clip_give_the_same_input() {
    let mut arena = Box::new(Arena::new());
    let mut model = Model::new(&mut arena);
    let mut state = Box::new(State::new());
    let samples: Vec<i16> = (0..3200).map(|i| (i * i * 31 % 20011 - 10000) as i16).collect();
    let mut clip = Clip::begin(&mut state);
    assert!(model.preprocess_samples(&mut clip, &samples));
    let whole = model.input0().to_vec();
    assert!(whole.iter().any(|value| *value != whole[0]));
    model.input0().fill(0);
    let mut clip = Clip::begin(&mut state);
    let mut take = |piece| model.preprocess_samples(&mut clip, piece);
    let done: Vec<bool> = samples.chunks(77).map(&mut take).collect();
    assert!(!done[0] && done[done.len() - 1]);
    assert_eq!(whole, model.input0().to_vec());
}
"""


def rustc_for_core():
    """A compiler and the options that find its libcore for the core; the test skips and says so without."""
    named = os.environ.get(RUSTC)
    rustc = need(named or "rustc")
    libraries = os.environ.get(LIBRARIES)
    if libraries:
        return [rustc, "-L", libraries]
    shown = subprocess.run(
        [rustc, "--print", "target-libdir", "--target", TARGET], capture_output=True, text=True, check=False
    )
    if not list(Path(shown.stdout.strip()).glob("libcore-*")):
        pytest.skip(f"rustc has no {TARGET}: rustup target add {TARGET}")
    return [rustc]


def run_crate(bundle, folder):
    """Lines and exit status of the crate's self-test on an emulated Cortex-M4."""
    rustc = [
        *rustc_for_core(),
        "--edition",
        "2021",
        "--target",
        TARGET,
        "-C",
        "opt-level=2",
        "-C",
        "panic=abort",
    ]
    crate, out = write(files(bundle), folder / "crate"), folder / "out"
    out.mkdir()
    program = folder / "build-script"
    build = [need("rustc"), "--edition", "2021", crate / "build.rs", "-o", program]
    subprocess.run(build, check=True)
    environment = {**os.environ, "TARGET": TARGET, "HOST": "x86_64-unknown-linux-gnu", "OUT_DIR": str(out)}
    environment.pop("CC", None)
    done = subprocess.run([program], cwd=crate, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = [line.removeprefix("cargo:rustc-link-") for line in done.stdout.splitlines()]
    assert told[-2:] == [f"search=native={out}", "lib=static=tiny_digits_c"]
    library = ["-L", f"native={out}", "-l", "static=tiny_digits_c", "--out-dir", out]
    name = ["--crate-type", "rlib", "--crate-name", "tiny_digits"]
    subprocess.run([*rustc, *name, crate / "src" / "lib.rs", *library], check=True)
    (folder / "main.rs").write_text(_MAIN)
    name = ["--crate-type", "staticlib", "--crate-name", "program"]
    uses = ["--extern", f"tiny_digits={out / 'libtiny_digits.rlib'}", "-L", f"native={out}", "--out-dir", out]
    subprocess.run([*rustc, *name, folder / "main.rs", *uses], check=True)
    return run_on_core([out / "libprogram.a"], [], bundle, folder / "run", main=_PRINT)


def cargo(*arguments, folder):
    environment = {
        **os.environ,
        "CARGO_NET_OFFLINE": "true",
        "RUSTFLAGS": "-D warnings",
        "CFLAGS": "-Wall -Werror",
    }
    environment.pop("CC", None)
    command = [need("cargo"), *arguments, "--quiet"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def test_cargo_builds_and_tests_the_crate(picture_model, tmp_path):
    bundle = bundle_of(picture_model, tmp_path / "c", preprocessing=PICTURES)
    folder = write(files(bundle), tmp_path / "crate")
    done = cargo("test", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = [line for line in done.stdout.splitlines() if line.startswith("test result: ok.")]
    assert [line.split()[3] for line in passed] == ["0", "2", "1"], done.stdout
    shown = cargo("run", "--example", "selftest", folder=folder)
    assert shown.stdout.splitlines()[-1:] == ["PASS"]


@pytest.mark.slow
def test_the_self_test_passes_on_the_core(bundle, tmp_path):
    lines, status = run_crate(bundle, tmp_path)
    assert (lines[-1:], status) == (["PASS"], 0), lines


@pytest.mark.slow
def test_the_self_test_fails_on_the_core(disturbed, tmp_path):
    lines, status = run_crate(disturbed, tmp_path)
    assert (lines[-1:], status) == (["FAIL"], 1), lines


@pytest.mark.slow
def test_the_self_test_fails_on_this_machine(disturbed, tmp_path):
    shown = cargo("run", "--example", "selftest", folder=write(files(disturbed), tmp_path))
    assert (shown.returncode, shown.stdout.splitlines()[-1:]) == (1, ["FAIL"]), shown.stderr


@pytest.mark.slow
def test_a_split_arena_and_no_labels(picture_model, tmp_path):
    bundle = bundle_of(picture_model, tmp_path / "c", labels=(), regions=(64, 4096))
    done = cargo("test", folder=write(files(bundle), tmp_path / "crate"))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_crate_for_sound_takes_samples_in_pieces(tmp_path):
    spec = SPECS["log-mel at 8 kHz"]
    random = np.random.default_rng(3)
    shape = (1, spec.frames, spec.width, 1)
    weights = random.integers(-127, 128, (3, spec.frames * spec.width))
    model = tmp_path / "model.tflite"
    model.write_bytes(fully_connected(shape, weights, np.zeros(3), (1 / 128, 1 / 64, 1 / 16)))
    bundle = bundle_of(model, tmp_path / "c", preprocessing=spec)
    folder = write(files(bundle), tmp_path / "crate")
    (folder / "tests" / "clip.rs").write_text(_CLIP)
    done = cargo("test", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_any_label_is_a_rust_string():
    assert rust_string('a"\\ü\n{}') == r'"a\u{22}\u{5c}\u{fc}\u{a}{}"'
