package org.tensorflow.lite;

import java.util.List;
import java.util.function.Function;

/** What a test tells the stand-in; no part of LiteRT. */
public final class StandIn {
    public static List<Tensor> inputs = List.of();
    public static List<Tensor> outputs = List.of();
    public static Function<List<byte[]>, List<byte[]>> answer = values -> values;
    /** Names of accelerators whose delegate cannot be made, with which no interpreter is made, which cannot run. */
    public static List<String> noDelegate = List.of();
    public static List<String> noInterpreter = List.of();
    public static List<String> noRun = List.of();
    public static boolean gpuIsKnown = true;
    public static int openHandles;
    public static int madeHandles;

    private StandIn() {}

    public static void opened() {
        openHandles++;
        madeHandles++;
    }
}
