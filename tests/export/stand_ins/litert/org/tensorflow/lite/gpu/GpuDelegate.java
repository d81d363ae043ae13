package org.tensorflow.lite.gpu;

import org.tensorflow.lite.Delegate;
import org.tensorflow.lite.StandIn;

public class GpuDelegate implements Delegate {
    public static final class Options extends GpuDelegateFactory.Options {}

    private boolean isOpen = true;

    public GpuDelegate() {
        if (StandIn.noDelegate.contains("GpuDelegate")) {
            throw new UnsatisfiedLinkError("no native library of GpuDelegate");
        }
        StandIn.opened();
    }

    public GpuDelegate(GpuDelegateFactory.Options options) {
        this();
    }

    @Override
    public long getNativeHandle() {
        return 1;
    }

    @Override
    public void close() {
        if (isOpen) {
            isOpen = false;
            StandIn.openHandles--;
        }
    }
}
