package androidx.test.platform.app;

import android.app.Instrumentation;

public final class InstrumentationRegistry {
    /** Of the stand-in only. */
    public static final Instrumentation INSTRUMENTATION = new Instrumentation();

    public static Instrumentation getInstrumentation() {
        return INSTRUMENTATION;
    }
}
