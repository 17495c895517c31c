package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said over the socket for named sessions. */
final class SessionMessageTest {
  private static final List<SessionMessage> ALL =
      List.of(
          new SessionMessage.Hello(1),
          new SessionMessage.List(),
          new SessionMessage.Kill("", "work"),
          new SessionMessage.Ask("ada", "work"),
          new SessionMessage.Attach(
              "ada", "work", "take", true, 80, 24, "xterm", Map.of("LANG", "C.UTF-8")),
          new SessionMessage.Window(0xffff, 1),
          new SessionMessage.Signal("INT"),
          new SessionMessage.Break(500),
          new SessionMessage.Find("7f0c"),
          new SessionMessage.Join("7f0c", "bob", "share", 80, 24),
          new SessionMessage.Live(
              "alice",
              "deploy",
              SessionMessage.Live.RECORDED + SessionMessage.Live.HAS_PLACE,
              List.of("hfrec1", "")),
          new SessionMessage.Refused("No."),
          new SessionMessage.NotHere(),
          new SessionMessage.Done(),
          new SessionMessage.Entry("ada", "work", 2, 3600, 80, 24, "vim"),
          new SessionMessage.Attached(),
          new SessionMessage.Consumed(1 << 20),
          new SessionMessage.Ended(SessionMessage.Ended.SIGNAL, 0, "KILL"));

  private static ByteBuffer body(SessionMessage message) {
    byte[] framed = message.framed();
    return ByteBuffer.wrap(framed, Short.BYTES, framed.length - Short.BYTES);
  }

  @Test
  void eachIsReadAsItWasWrittenAndItsLengthComesFirst() throws IOException {
    for (SessionMessage message : ALL) {
      assertThat(SessionMessage.read(body(message))).isEqualTo(message);
      byte[] framed = message.framed();
      assertThat(ByteBuffer.wrap(framed).getShort() + Short.BYTES).isEqualTo(framed.length);
    }
  }

  @Test
  void noPieceOfAMessageIsOne() {
    for (SessionMessage message : ALL) {
      ByteBuffer whole = body(message);
      byte[] bytes = new byte[whole.remaining()];
      whole.get(bytes);
      for (int length = 0; length < bytes.length; length++) {
        ByteBuffer piece = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
        assertThatThrownBy(() -> SessionMessage.read(piece)).isInstanceOf(IOException.class);
      }
      ByteBuffer more = ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 1));
      assertThatThrownBy(() -> SessionMessage.read(more)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void recipientsAreBounded() throws IOException {
    List<String> most = Collections.nCopies(SessionMessage.MOST_RECIPIENTS, "x");
    SessionMessage live = new SessionMessage.Live("alice", "deploy", 0, most);
    assertThat(SessionMessage.read(body(live))).isEqualTo(live);
    List<String> more = Collections.nCopies(SessionMessage.MOST_RECIPIENTS + 1, "x");
    assertThatThrownBy(
            () -> SessionMessage.read(body(new SessionMessage.Live("alice", "deploy", 0, more))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void textsAreBoundedAndHaveNoZeros() throws IOException {
    String longest = "x".repeat(SessionMessage.MOST_TEXT);
    assertThat(SessionMessage.read(body(new SessionMessage.Signal(longest))))
        .isEqualTo(new SessionMessage.Signal(longest));
    for (String text : List.of(longest + "x", "a\0b")) {
      assertThatThrownBy(() -> SessionMessage.read(body(new SessionMessage.Signal(text))))
          .isInstanceOf(IOException.class);
    }
  }
}
