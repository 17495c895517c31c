package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A client with a terminal, which takes as much as it is told to. */
final class FakeClient implements ClientEnd {
  private static final int PACKET = 8 * 1024;

  private final Terminal terminal;
  private final byte[] packet = new byte[PACKET];
  private final AtomicInteger room = new AtomicInteger(Integer.MAX_VALUE);
  private final AtomicInteger consumed = new AtomicInteger();
  private final StringBuilder text = new StringBuilder();
  private volatile @Nullable Ending ending;

  FakeClient(Size size) {
    terminal = new Terminal(size, new Settings(64 * 1024 * 1024, true));
  }

  /** Takes no more than so many bytes from now on. */
  void takes(int bytes) {
    room.set(bytes);
  }

  @Override
  public synchronized int write(Output output, Source source) throws IOException {
    int most = Math.min(room.get(), PACKET);
    if (most == 0) {
      return NO_ROOM;
    }
    int count = source.read(packet, 0, most);
    if (count > 0) {
      room.addAndGet(-count);
      terminal.feed(packet, 0, count);
      text.append(new String(packet, 0, count, StandardCharsets.ISO_8859_1));
    }
    return count;
  }

  @Override
  public boolean isWritable() {
    return room.get() > 0;
  }

  @Override
  public void consumed(int bytes) {
    consumed.addAndGet(bytes);
  }

  int consumed() {
    return consumed.get();
  }

  @Override
  public void end() {}

  @Override
  public void exit(Ending told) {
    ending = told;
  }

  @Nullable Ending ending() {
    return ending;
  }

  /** All that its scrollback and its screen hold, as lines. */
  synchronized java.util.List<String> lines() {
    Size size = terminal.size();
    byte[] all =
        dev.holdfast.terminal.Repaint.of(
            terminal, size, dev.holdfast.terminal.Repaint.From.CURSOR, 0);
    String printed = new String(all, StandardCharsets.UTF_8);
    return printed
        .lines()
        .map(line ->
            line.replaceAll(
                "\033\\[[0-9;?<>!]*[ -/]*[A-Za-z]|\033[()*+78=>]B?|\017|\033\\].*?\033\\\\", ""))
        .map(String::strip)
        .filter(line -> line.startsWith("line "))
        .toList();
  }

  synchronized String text() {
    return text.toString();
  }
}
