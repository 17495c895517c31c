package dev.holdfast.forward;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One accepted connection, joined with one from the server: a virtual thread for each way. The end
 * of one way is passed on while the other goes on; when the session with the server has gone, the
 * program is told by a reset, so that half an answer does not look like a whole one.
 */
final class Passage {
  /** Bytes that are read at once. */
  static final int COPY_BYTES = 64 * 1024;

  /** How long a browser may take to say what it wants, before it is told that it can't have it. */
  private static final long REQUEST_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final SocketChannel near;
  private final FarStream far;
  private final Tally tally;
  private final Optional<NameCheck> check;
  private final AtomicInteger ways = new AtomicInteger(2);

  private Passage(SocketChannel near, FarStream far, Tally tally, Optional<NameCheck> check) {
    this.near = near;
    this.far = far;
    this.tally = tally;
    this.check = check;
  }

  /**
   * Copies until both ways have ended; returns then.
   *
   * @param check what the program's first bytes must pass before the app gets any of them
   */
  static void carry(SocketChannel near, FarStream far, Tally tally, Optional<NameCheck> check) {
    tally.begins(far);
    Passage passage = new Passage(near, far, tally, check);
    Thread.ofVirtual().name("forward-down").start(passage::down);
    passage.up();
  }

  private void up() {
    byte[] room = new byte[COPY_BYTES];
    ByteBuffer bytes = ByteBuffer.wrap(room);
    try {
      if (check.isPresent() && !begins(check.get(), room, bytes)) {
        finish();
        return;
      }
      while (near.read(bytes.clear()) >= 0) {
        far.write(bytes.flip());
      }
      far.shutdownOutput();
      ended();
    } catch (IOException | RuntimeException e) {
      broken();
    }
  }

  /** Hands on the first bytes; false if they were answered here. */
  private boolean begins(NameCheck names, byte[] room, ByteBuffer bytes) throws IOException {
    NameCheck.Verdict verdict = new NameCheck.Verdict.More();
    while (verdict instanceof NameCheck.Verdict.More && near.read(bytes) >= 0) {
      verdict = names.look(room, bytes.position());
    }
    if (verdict instanceof NameCheck.Verdict.Foreign foreign) {
      tally.failed(words(foreign));
      answer(near, TroublePage.foreign(foreign.name()));
      return false;
    }
    if (bytes.flip().hasRemaining()) {
      far.write(bytes);
    }
    return true;
  }

  private static String words(NameCheck.Verdict.Foreign foreign) {
    return "A page asked for %s and got nothing: it is no name of this machine (forward.yaml: hosts)."
        .formatted(foreign.name().map(name -> "'" + name + "'").orElse("another host"));
  }

  private static void answer(SocketChannel near, byte[] page) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(page);
    while (bytes.hasRemaining()) {
      near.write(bytes);
    }
    near.shutdownOutput();
  }

  private void down() {
    ByteBuffer bytes = ByteBuffer.allocate(COPY_BYTES);
    try {
      while (far.read(bytes.clear()) >= 0) {
        bytes.flip();
        while (bytes.hasRemaining()) {
          near.write(bytes);
        }
      }
      near.shutdownOutput();
      ended();
    } catch (IOException | RuntimeException e) {
      broken();
    }
  }

  private void ended() {
    if (ways.decrementAndGet() == 0) {
      finish();
    }
  }

  private void broken() {
    if (far.isLost()) {
      reset(near);
      tally.failed("The connection to the server was lost while an answer was awaited.");
    }
    finish();
  }

  private void finish() {
    far.close();
    tally.ends(far);
    close(near);
  }

  /** Tells the program that its connection has failed. */
  static void reset(SocketChannel near) {
    try {
      if (near.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
        near.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
    } catch (IOException e) {
      // It has gone.
    }
    close(near);
  }

  static void close(SocketChannel near) {
    try {
      near.close();
    } catch (IOException e) {
      // It has gone.
    }
  }

  /** Answers in place of the app, if a page is asked for; otherwise resets the connection. */
  static void refuse(
      SocketChannel near,
      String server,
      FarAddress app,
      Trouble trouble,
      Optional<NameCheck> check) {
    try {
      byte[] request = new byte[TroublePage.MOST_REQUEST];
      int length = beginning(near, request);
      boolean isOwn =
          check.isEmpty() || check.get().look(request, length) instanceof NameCheck.Verdict.Pass;
      if (isOwn && TroublePage.isWanted(request, length)) {
        answer(near, TroublePage.of(server, app, trouble));
        close(near);
        return;
      }
    } catch (IOException e) {
      // It has gone.
    }
    reset(near);
  }

  /** What the program said first, as far as it comes soon. */
  private static int beginning(SocketChannel near, byte[] request) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(request);
    Thread closer =
        Thread.ofVirtual()
            .name("forward-impatient")
            .start(() -> {
              try {
                TimeUnit.NANOSECONDS.sleep(REQUEST_NANOS);
                reset(near);
              } catch (InterruptedException e) {
                // It came in time.
              }
            });
    try {
      while (bytes.hasRemaining() && !isWhole(request, bytes.position())) {
        if (near.read(bytes) < 0) {
          break;
        }
      }
    } finally {
      closer.interrupt();
    }
    return bytes.position();
  }

  private static boolean isWhole(byte[] request, int length) {
    for (int i = 3; i < length; i++) {
      if (request[i] == '\n' && request[i - 1] == '\r' && request[i - 2] == '\n') {
        return true;
      }
    }
    return false;
  }
}
