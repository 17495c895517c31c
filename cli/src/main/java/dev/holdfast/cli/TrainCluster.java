package dev.holdfast.cli;

import dev.holdfast.client.ProxyPassage;
import dev.holdfast.client.ProxyRoad;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.Authenticator;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Gets to a node of a cluster in this process, as the demo does, and comes back when the link is
 * lost: a proxy that ends brings all its clients back at once, each in a JVM of its own.
 */
final class TrainCluster {
  private static final long MEMORY = 8L << 20;

  private TrainCluster() {}

  static void run() throws IOException {
    try (PassingDirectory directory = PassingDirectory.open("holdfast-train");
        DemoCluster cluster = DemoCluster.open(directory.path());
        StreamClient streams = StreamClient.start(MEMORY, fault -> {});
        ClientEngine client = ClientEngine.start()) {
      cluster.start(
          (key, porter) ->
              ServerEngine.start(
                  List.of(key),
                  Authenticator.only(cluster.userKey().getPublic()),
                  (login, request) -> call -> (int) call.stdin().transferTo(call.stdout())),
          event -> {});
      String configuration = cluster.configuration().toString();
      Target target =
          new Target(
              "train",
              List.of(cluster.userKey()),
              cluster.nodeCheck(),
              false,
              Duration.ofSeconds(30));
      try (ProxyPassage passage =
              ProxyRoad.of(DemoCluster.PROXY, Optional.of(configuration), System.err)
                  .enter(DemoCluster.NODE);
          ClientConnection connection =
              client.connect(
                  streams
                      .connect(
                          ClientSettings.of(
                              new Destination(DemoCluster.NODE, NodeConfiguration.PORT)),
                          passage)
                      .duplex(),
                  target)) {
        say(connection);
        cluster.network().happen(Fault.RESET);
        say(connection);
      }
    }
  }

  private static void say(ClientConnection connection) throws IOException {
    try (RemoteCommand command = connection.start("true")) {
      command.stdin().close();
      command.stdout().readAllBytes();
    }
  }
}
