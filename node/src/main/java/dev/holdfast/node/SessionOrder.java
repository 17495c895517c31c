package dev.holdfast.node;

import dev.holdfast.ssh.ByteText;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code holdfast-session} is to do: pairs of names and values, as request.c reads them.
 *
 * <pre>
 *   name 0x00 value 0x00 ...
 * </pre>
 */
final class SessionOrder {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Adds a pair, unless {@code value} is null. Both are {@link ByteText} without zeros. */
  SessionOrder with(String name, @Nullable String value) {
    if (value != null) {
      add(name);
      add(value);
    }
    return this;
  }

  SessionOrder with(String name, boolean value) {
    return with(name, value ? "yes" : "no");
  }

  private void add(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a zero in what can have none");
    }
    bytes.writeBytes(ByteText.encode(text));
    bytes.write(0);
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
