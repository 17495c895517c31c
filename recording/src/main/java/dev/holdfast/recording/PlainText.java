package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import dev.holdfast.terminal.Repaint;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What was to be read: of a terminal the lines that left its screen and what is on it at the end,
 * as far back as the scrollback goes; of other sessions the text of both ways of output.
 */
final class PlainText implements Export {
  /** Bytes of the scrollback; of a longer recording the beginning is missing. */
  static final int SCROLLBACK = 64 << 20;

  private final OutputStream out;
  private final SafeText text = new SafeText(SafeText.Keep.TEXT);
  private @Nullable Terminal terminal;

  PlainText(OutputStream out) {
    this.out = out;
  }

  @Override
  public void add(Event event) throws IOException {
    switch (event.content()) {
      case Event.Start(Json.Members members) -> {
        About about = new About(members);
        if (about.isTerminal()) {
          Size size = Size.wanted(about.columns(), about.rows());
          terminal = new Terminal(size, new Settings(SCROLLBACK, true));
        }
      }
      case Event.Output(_, byte[] bytes) -> output(bytes);
      case Event.Resize(int columns, int rows) -> {
        if (terminal != null) {
          terminal.resize(Size.wanted(columns, rows));
        }
      }
      case Event.Gap(_, String reason) -> output(("\r\n[" + reason + "]\r\n").getBytes(UTF_8));
      case Event.Input _, Event.Exit _, Event.End _ -> {}
    }
  }

  private void output(byte[] bytes) throws IOException {
    if (terminal == null) {
      out.write(text.filter(bytes));
    } else {
      terminal.feed(bytes);
      terminal.takeAnswers();
    }
  }

  @Override
  public void end() throws IOException {
    if (terminal != null) {
      byte[] painted = Repaint.of(terminal, terminal.size(), Repaint.From.CURSOR, 0);
      String all = new String(text.filter(painted), UTF_8);
      out.write((all.stripTrailing() + "\n").getBytes(UTF_8));
    }
    out.flush();
  }
}
