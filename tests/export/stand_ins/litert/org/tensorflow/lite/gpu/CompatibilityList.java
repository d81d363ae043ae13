package org.tensorflow.lite.gpu;

import java.io.Closeable;
import org.tensorflow.lite.StandIn;

public class CompatibilityList implements Closeable {
    public CompatibilityList() {
        StandIn.opened();
    }

    public boolean isDelegateSupportedOnThisDevice() {
        return StandIn.gpuIsKnown;
    }

    public GpuDelegateFactory.Options getBestOptionsForThisDevice() {
        return new GpuDelegateFactory.Options();
    }

    @Override
    public void close() {
        StandIn.openHandles--;
    }
}
