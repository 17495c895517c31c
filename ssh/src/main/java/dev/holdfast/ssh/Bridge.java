package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import dev.holdfast.link.Pipe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * What leads from a server of ours on to another one, for somebody who has logged in here: his
 * sessions run there, and what he has forwarded is forwarded there. It is the {@link Login#guest}
 * of such a login. Thread-safe.
 */
public final class Bridge {
  /** For the other server to say whether it listens; its client's connection waits for it. */
  static final Duration ANSWER = Duration.ofSeconds(10);

  private static final SocketAddress NOWHERE = new InetSocketAddress(0);

  private volatile @Nullable ClientConnection server;
  private volatile @Nullable ServerSession client;

  /** It leads to {@code there} from now on, for the client of that connection. */
  public void open(Entrant entrant, ClientConnection there) {
    if (!(entrant instanceof EnteredConnection(var session))
        || !(session instanceof ServerSession here)) {
      throw new IllegalArgumentException("a connection of another server");
    }
    client = here;
    server = there;
    there.lendAgent(() -> lent(LedConnections.AGENT, Permissions::agentForwarding, message -> {}));
    there.lendDisplay(
        () -> lent(LedConnections.X11, Permissions::x11Forwarding, Bridge::putNobody));
  }

  /** The connection to the other server. */
  ClientConnection server() throws IOException {
    ClientConnection there = server;
    if (there == null || there.isOver()) {
      throw new IOException("The connection to the server behind has ended.");
    }
    return there;
  }

  // ---- what the client has opened there ----

  Duplex connect(String host, int port, SocketAddress from) throws IOException {
    return server()
        .connectTo(host, port, from instanceof InetSocketAddress inet ? inet : nowhere());
  }

  Duplex connect(String path) throws IOException {
    return server().connectTo(path);
  }

  private static InetSocketAddress nowhere() {
    return new InetSocketAddress(0);
  }

  // ---- what is listened on there ----

  /** The port, or nothing if the other server does not listen. */
  Optional<Integer> listen(String address, int port) {
    int[] got = {port};
    OptionalInt listening =
        within(
            () -> server().listen(address, port, () -> led("forwarded-tcpip", address, got[0])),
            OptionalInt.empty());
    listening.ifPresent(it -> got[0] = it);
    return listening.isPresent() ? Optional.of(got[0]) : Optional.empty();
  }

  boolean listen(String path) {
    return within(
        () ->
            server()
                .listen(
                    path,
                    () ->
                        forwarded(
                            "forwarded-streamlocal@openssh.com",
                            message -> {
                              message.putString(path);
                              message.putString("");
                            })),
        false);
  }

  boolean cancel(String address, int port) {
    return within(
        () -> {
          server().stopListening(address, port);
          return true;
        },
        false);
  }

  boolean cancel(String path) {
    return within(
        () -> {
          server().stopListening(path);
          return true;
        },
        false);
  }

  /** Something that is asked of the other server. */
  private interface Question<T> {
    T ask() throws IOException;
  }

  private static <T> T within(Question<T> question, T otherwise) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("bridge-ask")
        .start(() -> {
          try {
            answer.complete(question.ask());
          } catch (IOException | RuntimeException e) {
            answer.complete(otherwise);
          }
        });
    try {
      return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return otherwise;
    } catch (ExecutionException | TimeoutException e) {
      return otherwise;
    }
  }

  // ---- what the other server leads to the client ----

  private Duplex led(String type, String address, int port) throws IOException {
    return forwarded(
        type,
        message -> {
          message.putString(address);
          message.putUInt(port);
          putNobody(message);
        });
  }

  private static void putNobody(org.apache.sshd.common.util.buffer.Buffer message) {
    message.putString("127.0.0.1");
    message.putUInt(0);
  }

  private Duplex lent(
      String type, java.util.function.Predicate<Permissions> may, ForwardedChannel.Details details)
      throws IOException {
    ServerSession here = client;
    if (here == null || !may.test(ServerChannels.login(here).permissions())) {
      throw new IOException("This login may not forward that.");
    }
    return forwarded(type, details);
  }

  private Duplex forwarded(String type, ForwardedChannel.Details details) throws IOException {
    ServerSession here = client;
    if (here == null) {
      throw new IOException("There is no client.");
    }
    Pipe pipe = new Pipe(NOWHERE, NOWHERE);
    ServerChannels.of(here).forward(type, details, pipe.far());
    return pipe.near();
  }
}
