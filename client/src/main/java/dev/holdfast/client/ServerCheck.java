package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.Exit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a server that was logged in to says of itself, and how the way there is. */
final class ServerCheck {
  /** For a small command. */
  static final Duration ANSWER = Duration.ofSeconds(20);

  /** Bytes that are sent each way, so that packets are as large as they get. */
  static final int BULK = 256 * 1024;

  /** A certificate's or a one-time password's time may be off by no more. */
  static final long MOST_SKEW = 30;

  private static final int MOST_OUTPUT = 4096;

  private final ClientConnection connection;
  private final List<Finding> found = new ArrayList<>();

  ServerCheck(ClientConnection connection) {
    this.connection = connection;
  }

  List<Finding> findings() throws InterruptedException {
    resumption();
    clock();
    multiplexers();
    bulk();
    return List.copyOf(found);
  }

  private void resumption() {
    String server = connection.serverIdentification();
    if (connection.outlivesLinks()) {
      found.add(
          Finding.ok(
              "resumption", "The server resumes: a lost link ends nothing. It is " + server + "."));
    } else {
      found.add(
          Finding.of(
              Finding.Level.NOTE,
              "resumption",
              "The server, "
                  + server
                  + ", knows no resumption: a lost link ends what goes over it,"
                  + " and a new connection is made.",
              "A gate before it, or a node in its place, would hold copies and forwards, too."));
    }
  }

  private void clock() throws InterruptedException {
    String text = output("date +%s").strip();
    if (!text.matches("\\d{1,12}")) {
      found.add(
          Finding.ok("clock", "The server runs no commands, so its clock was not looked at."));
      return;
    }
    long skew = Long.parseLong(text) - Instant.now().getEpochSecond();
    if (Math.abs(skew) <= MOST_SKEW) {
      found.add(Finding.ok("clock", "The server's clock and this machine's agree."));
    } else {
      found.add(
          Finding.of(
              Finding.Level.WARNING,
              "clock",
              "The server's clock is %d s %s this machine's: certificates and one-time passwords may be refused."
                  .formatted(Math.abs(skew), skew > 0 ? "ahead of" : "behind"),
              "Have both set theirs by NTP."));
    }
  }

  private void multiplexers() throws InterruptedException {
    if (connection.outlivesLinks()) {
      return;
    }
    String there = output("for m in tmux screen dtach; do command -v $m; done");
    List<String> names =
        there.lines().map(line -> line.substring(line.lastIndexOf('/') + 1)).toList();
    if (names.isEmpty()) {
      found.add(
          Finding.of(
              Finding.Level.WARNING,
              "context",
              "Neither tmux nor screen nor dtach is there: a shell ends with its connection.",
              "Have one of them installed at the server."));
    } else {
      found.add(
          Finding.ok("context", "Shells are kept at the server by " + names.getFirst() + "."));
    }
  }

  /**
   * Where large packets vanish (a wrong MTU on the way), small ones get through and these don't.
   */
  private void bulk() throws InterruptedException {
    String counted = exchange("head -c " + BULK + " /dev/zero; wc -c >&2", new byte[BULK]);
    if (counted == null) {
      found.add(
          Finding.of(
              Finding.Level.PROBLEM,
              "packets",
              "Small packets get through and large ones do not: something on the way drops those of"
                  + " full size.",
              "Lower the MTU of this machine's interface, for example to 1280, or switch"
                  + " net.ipv4.tcp_mtu_probing on."));
    } else {
      found.add(Finding.ok("packets", "Packets of full size get through, both ways."));
    }
  }

  private String output(String command) throws InterruptedException {
    String said = exchange(command, new byte[0]);
    return said == null ? "" : said;
  }

  /** What the command says within the time; null if that is over. */
  private @org.jspecify.annotations.Nullable String exchange(String command, byte[] input)
      throws InterruptedException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    FutureTask<Exit> running =
        new FutureTask<>(() ->
            connection.exec(
                command,
                new ByteArrayInputStream(input),
                bounded(said),
                OutputStream.nullOutputStream()));
    Thread.ofVirtual().start(running);
    return text(running, said);
  }

  private static @org.jspecify.annotations.Nullable String text(
      Future<Exit> running, ByteArrayOutputStream said) throws InterruptedException {
    try {
      running.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
      return said.toString(StandardCharsets.UTF_8);
    } catch (ExecutionException e) {
      return "";
    } catch (TimeoutException e) {
      running.cancel(true);
      return null;
    }
  }

  private static OutputStream bounded(ByteArrayOutputStream said) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        said.write(bytes, offset, Math.min(length, MOST_OUTPUT - said.size()));
      }
    };
  }
}
