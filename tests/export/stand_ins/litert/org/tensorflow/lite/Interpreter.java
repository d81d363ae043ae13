package org.tensorflow.lite;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

public final class Interpreter implements AutoCloseable {
    public static class Options {
        private final List<Delegate> delegates = new ArrayList<>();
        private boolean useXNNPACK = true;

        public Options setNumThreads(int numThreads) {
            return this;
        }

        public Options setUseXNNPACK(boolean useXNNPACK) {
            this.useXNNPACK = useXNNPACK;
            return this;
        }

        public Options addDelegate(Delegate delegate) {
            delegates.add(delegate);
            return this;
        }
    }

    private final String accelerator;
    private boolean isOpen = true;

    public Interpreter(ByteBuffer byteBuffer, Options options) {
        if (!byteBuffer.isDirect()) {
            throw new IllegalArgumentException("Model ByteBuffer should be either a MappedByteBuffer or a direct one");
        }
        accelerator = options.delegates.isEmpty()
            ? (options.useXNNPACK ? "XNNPACK" : "CPU")
            : options.delegates.get(0).getClass().getSimpleName();
        if (StandIn.noInterpreter.contains(accelerator)) {
            throw new IllegalArgumentException("Internal error: Failed to apply delegate: " + accelerator);
        }
        StandIn.opened();
    }

    public int getInputTensorCount() {
        return StandIn.inputs.size();
    }

    public int getOutputTensorCount() {
        return StandIn.outputs.size();
    }

    public Tensor getInputTensor(int inputIndex) {
        return StandIn.inputs.get(inputIndex);
    }

    public Tensor getOutputTensor(int outputIndex) {
        return StandIn.outputs.get(outputIndex);
    }

    public void resetVariableTensors() {}

    public void runForMultipleInputsOutputs(Object[] inputs, Map<Integer, Object> outputs) {
        if (!isOpen) {
            throw new IllegalStateException("Internal error: The Interpreter has already been closed.");
        }
        if (StandIn.noRun.contains(accelerator)) {
            throw new IllegalStateException("Internal error: Failed to run on the given Interpreter");
        }
        List<byte[]> values = new ArrayList<>();
        for (Object input : inputs) {
            ByteBuffer buffer = ((ByteBuffer) input).duplicate();
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            values.add(bytes);
        }
        List<byte[]> found = StandIn.answer.apply(values);
        outputs.forEach((index, output) -> ((ByteBuffer) output).put(found.get(index)));
    }

    @Override
    public void close() {
        if (isOpen) {
            isOpen = false;
            StandIn.openHandles--;
        }
    }
}
