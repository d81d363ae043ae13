package org.tensorflow.lite.nnapi;

import org.tensorflow.lite.Delegate;
import org.tensorflow.lite.StandIn;

public class NnApiDelegate implements Delegate {
    private boolean isOpen = true;

    public NnApiDelegate() {
        if (StandIn.noDelegate.contains("NnApiDelegate")) {
            throw new UnsatisfiedLinkError("no native library of NnApiDelegate");
        }
        StandIn.opened();
    }

    public boolean hasErrors() {
        return false;
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
