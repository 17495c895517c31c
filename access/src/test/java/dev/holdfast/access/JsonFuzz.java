package dev.holdfast.access;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Fuzz target: a message of a stranger's. */
public final class JsonFuzz {
  private JsonFuzz() {}

  /** Fails if something is read that is not written and read again the same. */
  public static void fuzzerTestOneInput(byte[] bytes) throws MalformedJsonException {
    Json json;
    try {
      json = Json.parse(new String(bytes, UTF_8));
    } catch (MalformedJsonException e) {
      return;
    }
    String line = json.line();
    if (line.indexOf('\n') >= 0 || !Json.parse(line).equals(json)) {
      throw new AssertionError("not the same again: " + line);
    }
    try {
      Records.read(json, Role.class);
      Records.read(json, Change.class);
    } catch (WrongShapeException e) {
      // As most of them.
    }
  }
}
