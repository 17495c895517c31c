package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Lines that a browser is told as server-sent events (HTML, section 9.2): each is a message; {@code
 * done} or {@code failed}, with a sentence, is the last. Confined to one thread.
 */
final class ToldLines implements Clusters.Listener {
  private final Duplex browser;
  private final String head;
  private long told = System.nanoTime();

  ToldLines(Duplex browser, String head) {
    this.browser = browser;
    this.head = head;
  }

  void tell(PageAnswer.Told lines) throws IOException, InterruptedException {
    write(head + "\r\n:\n\n");
    try {
      lines.telling().tell(this);
      write("event: done\ndata:\n\n");
    } catch (IOException e) {
      write("event: failed\ndata: " + String.valueOf(e.getMessage()).replace('\n', ' ') + "\n\n");
    }
  }

  @Override
  public void line(String line) throws IOException {
    write("data: " + line + "\n\n");
  }

  @Override
  public void still() throws IOException {
    if (System.nanoTime() - told > PageServer.SIGN_OF_LIFE.toNanos()) {
      write(":\n\n");
    }
  }

  private void write(String text) throws IOException {
    told = System.nanoTime();
    browser.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
