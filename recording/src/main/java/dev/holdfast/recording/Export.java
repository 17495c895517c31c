package dev.holdfast.recording;

import java.io.IOException;
import java.io.OutputStream;

/** Writes a recording in another format. Confined to one thread. */
public interface Export {
  /** The formats that there are. */
  enum Format {
    /** Asciinema's file format, version 2. */
    ASCIICAST_V2,
    /** Asciinema's file format, version 3. */
    ASCIICAST_V3,
    /** What was to be read, without what controls a terminal. */
    TEXT,
    /** The format of ttyrec(1). */
    TTYREC,
    /** Each event an object of JSON on a line. */
    JSON;

    /** One that writes to {@code out}, which it does not close. */
    public Export to(OutputStream out) {
      return switch (this) {
        case ASCIICAST_V2 -> new Asciicast(out, 2);
        case ASCIICAST_V3 -> new Asciicast(out, 3);
        case TEXT -> new PlainText(out);
        case TTYREC -> new Ttyrec(out);
        case JSON -> new JsonLines(out);
      };
    }
  }

  /** The next event. */
  void add(Event event) throws IOException;

  /** There is no other event. */
  void end() throws IOException;
}
