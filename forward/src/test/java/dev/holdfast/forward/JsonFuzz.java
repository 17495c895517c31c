package dev.holdfast.forward;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What is read is what would be written, whatever the bytes. */
public final class JsonFuzz {
  private JsonFuzz() {}

  public static void fuzzerTestOneInput(byte[] data) {
    try {
      Map<String, Object> object = Json.object(new String(data, StandardCharsets.UTF_8));
      String text = Json.text(object);
      if (text.length() <= Json.MOST_CHARS && !Json.object(text).equals(object)) {
        throw new AssertionError(text);
      }
    } catch (Json.Malformed e) {
      // It says so.
    }
  }
}
