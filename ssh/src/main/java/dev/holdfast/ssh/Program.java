package dev.holdfast.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** What a server runs in one session channel. */
@FunctionalInterface
public interface Program {
  /**
   * Runs to the end, on a virtual thread of its own, which is interrupted when the channel goes
   * away. What is left in the output streams' buffers is sent after it.
   *
   * @return the exit status, 0 to 255
   * @throws IOException when the program fails, or the channel has gone; the client gets status 255
   */
  int run(Call call) throws IOException, InterruptedException;

  /**
   * A program's surroundings.
   *
   * @param login who runs it
   * @param environment what the client asked to be set; it is up to the program what to believe
   * @param stdin ends when the client says so; fails when the connection ends before that
   * @param stdout buffered: what a person waits for must be flushed
   * @param stderr buffered likewise
   */
  record Call(
      Login login,
      Map<String, String> environment,
      InputStream stdin,
      OutputStream stdout,
      OutputStream stderr) {}
}
