package dev.holdfast.link;

import java.io.IOException;
import java.io.Serial;

/**
 * A peer began with a PROXY protocol header and broke its rules; the connection ends. The message
 * holds none of its bytes.
 */
final class ProxyProtocolException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  ProxyProtocolException(String what) {
    super(what);
  }
}
