package android.os;

public final class Bundle {
    @Deprecated
    public Object get(String key) {
        return null;
    }
}
