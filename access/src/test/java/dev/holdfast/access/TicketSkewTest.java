package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tickets that a proxy of another version has signed. */
final class TicketSkewTest {
  private static final byte[] CONTEXT = "holdfast ticket v1\0".getBytes(StandardCharsets.US_ASCII);

  @Test
  void whatANewerProxyTellsBesidesIsPassedOver() throws Exception {
    Ticket ticket = TicketKeys.of(TicketKeyOf.cluster()).read(extended(0x0001)).ticket();
    assertThat(ticket.user()).isEqualTo("ada");
    assertThat(ticket.node()).isEqualTo("web1");
  }

  @Test
  void whatMustBeUnderstoodAndIsNotIsRefused() {
    assertThatThrownBy(() -> TicketKeys.of(TicketKeyOf.cluster()).read(extended(0x8001)))
        .isInstanceOf(TicketException.class)
        .hasMessage("it says something that must be understood and is not");
  }

  @Test
  void aTicketOfAnotherVersionIsRefused() throws Exception {
    byte[] other = TicketKeys.of(TicketKeyOf.cluster()).sign(ticket());
    other[0] = 2;
    assertThatThrownBy(() -> TicketKeys.of(TicketKeyOf.cluster()).read(other))
        .isInstanceOf(TicketException.class)
        .hasMessage("its version is not known here");
  }

  private static Ticket ticket() throws Exception {
    return new Ticket(
        Arrays.copyOf(TicketKeyOf.hash("ticket id"), 16),
        Instant.ofEpochSecond(1_800_000_000),
        Instant.ofEpochSecond(1_800_000_600),
        Instant.ofEpochSecond(1_800_086_400),
        TicketKeyOf.client().shown(),
        "ada",
        "root",
        "web1",
        List.of());
  }

  /** The ticket with one extension more, signed as a whole. */
  private static byte[] extended(int type) throws Exception {
    byte[] signed = TicketKeys.of(TicketKeyOf.cluster()).sign(ticket());
    byte[] bare = Arrays.copyOf(signed, signed.length - Ed25519.SIGNATURE);
    byte[] longer =
        ByteBuffer.allocate(bare.length + 6)
            .put(bare)
            .putShort((short) type)
            .putShort((short) 2)
            .putShort((short) 7)
            .array();
    byte[] signature = TicketKeyOf.cluster().sign(CONTEXT, longer);
    return ByteBuffer.allocate(longer.length + signature.length).put(longer).put(signature).array();
  }
}
