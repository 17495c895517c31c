package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.link.ClientEvent;
import dev.holdfast.link.Destination;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LinkStatusTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @Test
  void aFileIsToldOfALostLinkAndOfItsReturnAndAProgramOfNothing() {
    StringWriter program = new StringWriter();
    StringWriter file = new StringWriter();
    try (LinkStatus first = status(program, Terminal.Sink.PROGRAM);
        LinkStatus second = status(file, Terminal.Sink.FILE)) {
      first.accept(new ClientEvent.Lost("it broke"));
      second.accept(new ClientEvent.Lost("it broke"));
      await().atMost(DEADLINE).until(() -> file.toString().contains("lost; reconnecting"));
      ClientEvent back = new ClientEvent.Resumed(Duration.ofSeconds(1), 1);
      first.accept(back);
      second.accept(back);
    }
    assertThat(file.toString().lines())
        .containsExactly(
            "holdfast: the link to example.org:22 is lost; reconnecting",
            "holdfast: the link to example.org:22 is back");
    assertThat(program.toString()).isEmpty();
  }

  @Test
  void aShortOutageIsNotWorthAWord() {
    StringWriter file = new StringWriter();
    try (LinkStatus status = status(file, Terminal.Sink.FILE)) {
      status.accept(new ClientEvent.Lost("it broke"));
      status.accept(new ClientEvent.Resumed(Duration.ofMillis(20), 1));
    }
    assertThat(file.toString()).isEmpty();
  }

  private static LinkStatus status(StringWriter err, Terminal.Sink sink) {
    return new LinkStatus(
        new PrintWriter(err, true), new Destination("example.org", 22), false, false, () -> sink);
  }
}
