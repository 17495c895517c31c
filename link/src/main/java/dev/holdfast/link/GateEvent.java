package dev.holdfast.link;

import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What happened at a gate, for its log: one value an event, each with one line of text. */
public sealed interface GateEvent {
  /** A listener is open. */
  record Listening(SocketAddress address, String target) implements GateEvent {}

  /** A client without resumption was joined to the server. */
  record Joined(String stream, SocketAddress client) implements GateEvent {}

  /** A client without resumption, or its server, went. */
  record Left(String stream, SocketAddress client, long up, long down, Duration lasted)
      implements GateEvent {}

  /** A client opened a stream. */
  record Opened(String stream, SocketAddress client, int version) implements GateEvent {}

  /** A stream lost its link and waits for its client. */
  record Detached(String stream, SocketAddress client, String why, Duration patience)
      implements GateEvent {}

  /** A client came back to its stream. */
  record Resumed(String stream, SocketAddress client, SocketAddress before, Duration away)
      implements GateEvent {}

  /** A client came back here to a stream that another process of the service keeps. */
  record Passed(String stream, SocketAddress client, int process) implements GateEvent {}

  /** A stream is over; {@code why} is null where both sides finished in order. */
  record Ended(
      String stream,
      SocketAddress client,
      @Nullable String why,
      long up,
      long down,
      Duration lasted)
      implements GateEvent {}

  /** A client was turned away. */
  record Refused(SocketAddress client, String why) implements GateEvent {}

  /** The server behind the gate can't be reached. */
  record Unreachable(SocketAddress client, String why) implements GateEvent {}

  /** A defect of ours. */
  record Fault(Throwable thrown) implements GateEvent {}

  /** The event in words, for the log. */
  default String text() {
    return switch (this) {
      case Listening it ->
          "listening on "
              + name(it.address)
              + (it.target.isEmpty() ? "" : ", server is " + it.target);
      case Joined it -> "%s: %s joined, no resumption".formatted(it.stream, name(it.client));
      case Left it ->
          "%s: %s left after %s, %d bytes up, %d down"
              .formatted(it.stream, name(it.client), words(it.lasted), it.up, it.down);
      case Opened it ->
          "%s: %s opened it (resume v%d)".formatted(it.stream, name(it.client), it.version);
      case Detached it ->
          "%s: %s lost its link (%s), waiting up to %s"
              .formatted(it.stream, name(it.client), it.why, words(it.patience));
      case Resumed it ->
          "%s: %s is back after %s%s"
              .formatted(it.stream, name(it.client), words(it.away), moved(it));
      case Passed it ->
          "%s: %s was passed to process %d, which keeps it"
              .formatted(it.stream, name(it.client), it.process);
      case Ended it ->
          "%s: ended after %s, %s, %d bytes up, %d down"
              .formatted(
                  it.stream,
                  words(it.lasted),
                  it.why == null ? "in order" : it.why,
                  it.up,
                  it.down);
      case Refused it -> name(it.client) + ": refused, " + it.why;
      case Unreachable it -> name(it.client) + ": the server can't be reached, " + it.why;
      case Fault it -> "a defect of holdfast, please report it: " + it.thrown;
    };
  }

  private static String moved(Resumed it) {
    String before = host(it.before);
    return before.equals(host(it.client)) ? "" : ", was at " + before;
  }

  /** An address as {@code 192.0.2.1:22} or {@code [2001:db8::1]:22}. */
  static String name(SocketAddress address) {
    if (!(address instanceof java.net.InetSocketAddress inet)) {
      return address.toString();
    }
    String host = host(inet);
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
  }

  private static String host(SocketAddress address) {
    if (!(address instanceof java.net.InetSocketAddress inet)) {
      return address.toString();
    }
    return inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
  }

  /** A duration as {@code 350 ms}, {@code 12 s}, {@code 3 min} or {@code 5 h}, rounded down. */
  static String words(Duration duration) {
    if (duration.toSeconds() < 1) {
      return duration.toMillis() + " ms";
    }
    if (duration.toMinutes() < 3) {
      return duration.toSeconds() + " s";
    }
    return duration.toHours() < 3 ? duration.toMinutes() + " min" : duration.toHours() + " h";
  }
}
