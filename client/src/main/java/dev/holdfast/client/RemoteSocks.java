package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections of a port at the server whose clients say by SOCKS where they want to go from here
 * (ssh(1), -R with a port alone), as far as PermitRemoteOpen lets them.
 */
final class RemoteSocks {
  private RemoteSocks() {}

  /**
   * The far end of one.
   *
   * @param closed run once when it is over
   */
  static Duplex connect(ClientConfig config, Runnable closed) throws IOException {
    Pipe there = Pipe.open();
    Pipe back = Pipe.open();
    AtomicInteger ends = new AtomicInteger(2);
    Runnable oneEnded =
        () -> {
          if (ends.decrementAndGet() == 0) {
            closed.run();
          }
        };
    Duplex far = end(back, there, oneEnded);
    Duplex near = end(there, back, oneEnded);
    Thread.ofVirtual().name("remote-socks").start(() -> lead(config, near));
    return far;
  }

  private static Duplex end(Pipe in, Pipe out, Runnable closed) {
    return new StreamsDuplex(
        Channels.newInputStream(in.source()),
        Channels.newOutputStream(out.sink()),
        new Runnable() {
          private boolean isDone;

          @Override
          public synchronized void run() {
            if (!isDone) {
              isDone = true;
              closeQuietly(in.source());
              closed.run();
            }
          }
        });
  }

  private static void lead(ClientConfig config, Duplex client) {
    try {
      Socks asked = Socks.accept(client, LocalForwards.SOCKS_TIME);
      PortForward.Place.Port to = asked.to();
      Duplex target;
      try {
        if (!isPermitted(config.get(ClientOptions.PERMIT_REMOTE_OPEN), to)) {
          throw new IOException("PermitRemoteOpen does not allow it");
        }
        target = Sockets.connect(to, () -> {});
      } catch (IOException e) {
        asked.answer(false);
        throw e;
      }
      asked.answer(true);
      ClientConnection.join(client, target);
    } catch (IOException | RuntimeException e) {
      client.close();
    }
  }

  /** By ssh_config(5), PermitRemoteOpen: "any", "none", or host:port with a star for any port. */
  static boolean isPermitted(List<String> rules, PortForward.Place.Port to) {
    for (String rule : rules) {
      if (rule.equals("any")) {
        return true;
      }
      int colon = rule.lastIndexOf(':');
      if (colon > 0) {
        String host = rule.substring(0, colon).replaceAll("^\\[|\\]$", "");
        String port = rule.substring(colon + 1);
        boolean isHost = host.equals("*") || host.equalsIgnoreCase(to.host());
        if (isHost && (port.equals("*") || port.equals(Integer.toString(to.port())))) {
          return true;
        }
      }
    }
    return false;
  }

  private static void closeQuietly(Pipe.SourceChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
