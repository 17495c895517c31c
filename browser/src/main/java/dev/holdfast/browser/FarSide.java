package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.time.Duration;

/** The server of a browser window, as far as the window needs it; an edge. Thread-safe. */
public interface FarSide {
  /** The login whose server it is, such as {@code ann@build.example}, for people. */
  String login();

  /**
   * A connection from the server to a TCP port, which may be one of the server's own.
   *
   * @param host a name that the server looks up, or an address without brackets
   * @throws OpenFailure when there is none, with the reason
   */
  Duplex open(String host, int port) throws OpenFailure;

  /**
   * Runs a command there, without a terminal.
   *
   * @param input all that it may read
   * @param mostOutput bytes of its standard output that are kept; it is ended behind them
   * @return what it wrote to standard output until it ended, or {@code within} had passed
   */
  byte[] run(String command, byte[] input, int mostOutput, Duration within) throws IOException;

  /**
   * How it stands with the way there.
   *
   * @param phase {@code idle}, {@code connecting}, {@code connected}, {@code suspect} or {@code
   *     away}
   * @param roundTripMillis as last measured, or -1
   */
  record Standing(String phase, long roundTripMillis) {}

  /** How it stands now. */
  Standing standing();

  /** Runs the task whenever that may have changed, until what is returned is run. */
  Runnable watch(Runnable changed);

  /** An app was seen to answer while {@code idle} other connections to it were open and silent. */
  void servesBeside(String host, int port, int idle);
}
