package android.app;

import android.content.Context;

public class Instrumentation {
    /** Of the stand-in only. */
    public Context context;

    public Context getTargetContext() {
        return context;
    }
}
