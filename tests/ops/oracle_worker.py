"""TFLite's reference kernels in a process of their own.

Reads pickled (model, cases) pairs, answers each with the outputs of every case or an error's text.
"""

import pickle
import sys

from tflite_runtime.interpreter import Interpreter, OpResolverType


def answer(model, cases):
    """Every output of every case."""
    interpreter = Interpreter(
        model_content=model,
        num_threads=1,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
    )
    interpreter.allocate_tensors()
    results = []
    for inputs in cases:
        for detail, value in zip(interpreter.get_input_details(), inputs, strict=True):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        results.append([interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()])
    return results


def main():
    while True:
        try:
            model, cases = pickle.load(sys.stdin.buffer)  # noqa: S301  our own test writes it
        except EOFError:
            return
        try:
            result = answer(model, cases)
        except (ValueError, RuntimeError) as error:
            result = str(error)
        pickle.dump(result, sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
