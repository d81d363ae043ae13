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

    public GpuDelegate.Options getBestOptionsForThisDevice() {
        return new GpuDelegate.Options();
    }

    @Override
    public void close() {
        StandIn.openHandles--;
    }
}
