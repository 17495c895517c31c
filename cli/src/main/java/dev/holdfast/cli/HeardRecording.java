package dev.holdfast.cli;

import dev.holdfast.browser.Clusters;
import dev.holdfast.recording.Export;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A recording that comes, while somebody hears of it: whenever it is looked for more, it is looked
 * whether he is still there. Confined to one thread.
 */
record HeardRecording(FollowedRecording.Coming coming, Clusters.Listener listener)
    implements FollowedRecording.Coming {
  @Override
  public Optional<byte[]> part(int index) throws IOException {
    listener.still();
    return coming.part(index);
  }

  @Override
  public boolean mayCome(int index) {
    return coming.mayCome(index);
  }

  @Override
  public Duration look() {
    return coming.look();
  }

  /** Tells the lines of a format as they come. */
  static void tell(FollowedRecording source, Export.Format format, Clusters.Listener listener)
      throws IOException {
    try (OutputStream lines = new Lines(listener)) {
      Export export = format.to(lines);
      source.read(event -> {
        try {
          export.add(event);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      export.end();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Tells each line that is written. */
  private static final class Lines extends OutputStream {
    private final Clusters.Listener listener;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(Clusters.Listener listener) {
      this.listener = listener;
    }

    @Override
    public void write(int octet) throws IOException {
      if (octet == '\n') {
        listener.line(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else {
        line.write(octet);
      }
    }
  }
}
