package dev.holdfast.client;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * How a JVM goes to the background once it has asked its questions (ssh(1), -f): it does not, but
 * starts another one that does all the work at the same terminal, and ends when that one says that
 * it is logged in. That one is then a session of its own, which no terminal takes with it.
 */
final class Background {
  /** Where the one in front waits to hear, for the one behind. */
  static final String VARIABLE = "HOLDFAST_BACKGROUND";

  private Background() {}

  /** Whether this is the one in front. */
  static boolean isInFront(Map<String, String> environment) {
    return !environment.containsKey(VARIABLE);
  }

  /** Starts the other one and waits until it is logged in, or has ended; the status. */
  static int send() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("holdfast");
    Path place = directory.resolve("ready");
    try (ServerSocketChannel ready = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ready.bind(UnixDomainSocketAddress.of(place));
      ProcessBuilder again = new ProcessBuilder(OwnCommand.words()).inheritIO();
      again.environment().put(VARIABLE, place.toString());
      Process behind = again.start();
      CompletableFuture<Integer> heard = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> awaitWord(ready, heard));
      CompletableFuture<Integer> ended = behind.onExit().thenApply(Process::exitValue);
      return (Integer) CompletableFuture.anyOf(heard, ended).join();
    } finally {
      Files.deleteIfExists(place);
      Files.deleteIfExists(directory);
    }
  }

  private static void awaitWord(ServerSocketChannel ready, CompletableFuture<Integer> heard) {
    try (SocketChannel _ = ready.accept()) {
      heard.complete(0);
    } catch (IOException e) {
      // The other one has ended without a word.
    }
  }

  /** Tells the one in front to end, and leaves the terminal's session; nothing if there is none. */
  static void goBehind(Map<String, String> environment) throws IOException {
    String place = environment.get(VARIABLE);
    if (place != null) {
      TtyCalls.leaveSession();
      try (SocketChannel word = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        word.connect(UnixDomainSocketAddress.of(place));
      }
    }
  }
}
