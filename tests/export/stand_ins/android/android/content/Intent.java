package android.content;

import android.net.Uri;
import android.os.Bundle;

public class Intent {
    public static final String ACTION_GET_CONTENT = "android.intent.action.GET_CONTENT";

    public Intent(String action) {}

    public Intent setType(String type) {
        return this;
    }

    public Uri getData() {
        return null;
    }

    public Bundle getExtras() {
        return null;
    }
}
