package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.stream.Endpoint;
import dev.holdfast.stream.StreamId;
import dev.holdfast.stream.TokenV1;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What processes of two versions say to each other at a hand-over, byte for byte. A change of any
 * line of the transcript is one that the process before can't read.
 */
final class HandoverTranscriptTest {
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 51832);

  private static Map<String, HandoverMessage> handover() {
    Map<String, HandoverMessage> all = new LinkedHashMap<>();
    all.put("take-over", new HandoverMessage.TakeOver(1));
    all.put("gate", new HandoverMessage.GateState("the-gate"));
    all.put("listener", new HandoverMessage.Listener());
    all.put(
        "stream",
        new HandoverMessage.Stream(
            new ServerSide.V1(new TokenV1(counting(TokenV1.BYTES))),
            "7a42342f",
            CLIENT,
            1,
            2,
            true,
            false,
            new Endpoint.Kept(3, -1, 5, false, 6, -1, 8, 65536)));
    all.put("bytes", new HandoverMessage.Bytes(true, ByteBuffer.wrap(counting(4))));
    SpliceSide side = new SpliceSide(9, false, true, ByteBuffer.wrap(counting(2)));
    all.put("splice", new HandoverMessage.Splice(CLIENT, 10, side, side));
    all.put("all", new HandoverMessage.All());
    all.put("have-all", new HandoverMessage.HaveAll());
    all.put("yours", new HandoverMessage.Yours());
    all.put("not-yours", new HandoverMessage.NotYours());
    all.put("let-go", new HandoverMessage.LetGo());
    return all;
  }

  private static Map<String, PassMessage> passing() {
    StreamId id = new StreamId(counting(16));
    Map<String, PassMessage> all = new LinkedHashMap<>();
    all.put("wanted", new PassMessage.Wanted(1, id));
    all.put("mine", new PassMessage.Mine());
    all.put("not-mine", new PassMessage.NotMine());
    all.put("other-format", new PassMessage.OtherFormat(1));
    all.put("comeback", new PassMessage.Comeback(2, id, ByteBuffer.wrap(counting(5))));
    all.put("taken", new PassMessage.Taken());
    return all;
  }

  @Test
  void everyMessageIsWhatTheProcessBeforeSays() throws IOException {
    StringBuilder said = new StringBuilder();
    handover().forEach((name, it) -> said.append(line(name, it.encoded())));
    passing().forEach((name, it) -> said.append(line(name, it.encoded())));
    assertThat(said.toString()).isEqualTo(String.join("\n", transcript()) + "\n");
    for (String line : transcript()) {
      byte[] bytes = bytes(line);
      boolean passes = passing().containsKey(name(line));
      ByteBuffer again =
          passes
              ? PassMessage.read(ByteBuffer.wrap(bytes)).encoded()
              : HandoverMessage.read(ByteBuffer.wrap(bytes)).encoded();
      assertThat(again).as(line).isEqualTo(ByteBuffer.wrap(bytes));
    }
  }

  @Test
  void whatTheNextVersionPutsBehindIsPassedOver() throws IOException {
    for (String line : transcript()) {
      if (handover().containsKey(name(line))) {
        byte[] bytes = bytes(line);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 7);
        assertThat(HandoverMessage.read(ByteBuffer.wrap(longer)).encoded())
            .as(line)
            .isEqualTo(ByteBuffer.wrap(bytes));
      }
    }
  }

  @Test
  void kindsThatTheNextVersionAddsArePassedOverAndNoOthers() throws IOException {
    for (int kind : new int[] {128, 200, 255}) {
      assertThat(HandoverMessage.read(ByteBuffer.wrap(new byte[] {(byte) kind, 1, 2})))
          .isEqualTo(new HandoverMessage.Other());
    }
    for (int kind : new int[] {0, 12, 127}) {
      assertThatThrownBy(() -> HandoverMessage.read(ByteBuffer.wrap(new byte[] {(byte) kind})))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void processesOfOtherFormatsCanTellEachOtherSo() throws IOException {
    assertThat(PassMessage.read(ByteBuffer.wrap(new byte[] {1, 2, 7, 7, 7})))
        .isEqualTo(new PassMessage.Wanted(2, new StreamId(new byte[] {7, 7, 7})));
    assertThat(PassMessage.read(ByteBuffer.wrap(new byte[] {4, 2, 9})))
        .isEqualTo(new PassMessage.OtherFormat(2));
    assertThat(HandoverMessage.read(ByteBuffer.wrap(new byte[] {1, 0, 0, 0, 2, 9})))
        .isEqualTo(new HandoverMessage.TakeOver(2));
  }

  private static List<String> transcript() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            HandoverTranscriptTest.class.getResourceAsStream("handover-1.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static String line(String name, ByteBuffer message) {
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    return name + " " + HexFormat.of().formatHex(bytes) + "\n";
  }

  private static String name(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  private static byte[] bytes(String line) {
    return HexFormat.of().parseHex(line.substring(line.indexOf(' ') + 1));
  }

  private static byte[] counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    return bytes;
  }
}
