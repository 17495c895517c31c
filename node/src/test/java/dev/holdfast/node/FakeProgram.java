package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.WindowSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A program that writes what a test says, and takes keys as far as a test lets it. */
final class FakeProgram implements ServedSession {
  private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
  final List<WindowSize> sizes = new ArrayList<>();
  final AtomicInteger writables = new AtomicInteger();
  volatile boolean closed;
  boolean echo = true;

  /** Writes all of {@code text}, in portions of at most {@code portion} bytes. */
  static void write(ClientEnd to, String text, int portion) throws IOException {
    write(to, text.getBytes(StandardCharsets.UTF_8), portion);
  }

  /** The same with bytes; ends when nobody takes more. */
  static void write(ClientEnd to, byte[] bytes, int portion) throws IOException {
    int[] at = {0};
    while (at[0] < bytes.length) {
      int count =
          to.write(
              ClientEnd.Output.STDOUT,
              (target, offset, length) -> {
                int part = Math.min(Math.min(length, portion), bytes.length - at[0]);
                System.arraycopy(bytes, at[0], target, offset, part);
                return part;
              });
      if (count > 0) {
        at[0] += count;
      } else if (count == -1) {
        return;
      } else {
        Thread.onSpinWait();
      }
    }
  }

  synchronized String typed() {
    return typed.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void begin() {}

  @Override
  public synchronized int input(byte[] bytes, int offset, int length) {
    typed.write(bytes, offset, length);
    return length;
  }

  @Override
  public boolean echoes() {
    return echo;
  }

  @Override
  public void inputEnded() {}

  @Override
  public void resize(WindowSize size) {
    sizes.add(size);
  }

  @Override
  public void signal(String name) {}

  @Override
  public boolean sendBreak(Duration length) {
    return true;
  }

  @Override
  public void writable() {
    writables.incrementAndGet();
  }

  @Override
  public void closed() {
    closed = true;
  }
}
