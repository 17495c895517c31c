package dev.holdfast.link;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * This host, or the way in which Java was started on it, can't do what was asked; the message is a
 * sentence for a person. Whoever asked goes on without.
 */
public final class UnsupportedHostException extends IOException {
  private static final long serialVersionUID = 1;

  UnsupportedHostException(String sentence) {
    super(sentence);
  }

  UnsupportedHostException(String sentence, @Nullable Exception cause) {
    super(sentence, cause);
  }
}
