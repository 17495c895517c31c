package dev.holdfast.link;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Fuzz target: the first bytes of a connection from a relay. */
public final class ProxyProtocolFuzz {
  private ProxyProtocolFuzz() {}

  /**
   * Fails if a header is found that is not found again when written anew, or if a shorter piece of
   * it says anything but that it is incomplete.
   */
  public static void fuzzerTestOneInput(byte[] bytes) throws ProxyProtocolException {
    ProxyHeader header;
    try {
      header = ProxyProtocol.parse(ByteBuffer.wrap(bytes));
    } catch (ProxyProtocolException _) {
      return;
    }
    switch (header) {
      case ProxyHeader.Absent _ -> {}
      case ProxyHeader.Incomplete cut -> {
        check(
            cut.atLeast() > bytes.length && cut.atLeast() <= ProxyProtocol.MAX_HEADER_BYTES,
            header);
      }
      case ProxyHeader.Local local -> checkPieces(bytes, local.length());
      case ProxyHeader.Relayed relayed -> {
        checkPieces(bytes, relayed.length());
        checkWrittenAnew(relayed);
      }
    }
  }

  private static void checkPieces(byte[] bytes, int length) throws ProxyProtocolException {
    check(length <= bytes.length && length <= ProxyProtocol.MAX_HEADER_BYTES, length);
    for (int piece = 0; piece < length; piece++) {
      ProxyHeader found = ProxyProtocol.parse(ByteBuffer.wrap(Arrays.copyOf(bytes, piece)));
      check(found instanceof ProxyHeader.Incomplete cut && cut.atLeast() <= length, found);
    }
  }

  private static void checkWrittenAnew(ProxyHeader.Relayed relayed) throws ProxyProtocolException {
    for (ProxyProtocol.Version version : ProxyProtocol.Version.values()) {
      byte[] written = version.encode(relayed.source(), relayed.destination());
      ProxyHeader again = ProxyProtocol.parse(ByteBuffer.wrap(written));
      check(
          again.equals(
              new ProxyHeader.Relayed(relayed.source(), relayed.destination(), written.length)),
          again);
    }
  }

  private static void check(boolean holds, Object found) {
    if (!holds) {
      throw new AssertionError("found " + found);
    }
  }
}
