package dev.holdfast.cli;

import dev.holdfast.access.Labels;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.AuthService;
import dev.holdfast.auth.Membership;
import dev.holdfast.auth.TicketKeyring;
import dev.holdfast.proxy.ClusterJudge;
import dev.holdfast.proxy.Proxy;
import dev.holdfast.proxy.ProxyLog;
import dev.holdfast.proxy.ProxySettings;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The proxy of a demo, which can be restarted at its port. Thread-safe. */
final class DemoProxy implements Closeable {
  private final AuthService auth;
  private final KeyPair key;
  private final Path state;
  private final List<String> dialled;
  private InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private @Nullable Membership member;
  private @Nullable TicketKeyring keys;
  private @Nullable Proxy proxy;

  private DemoProxy(AuthService auth, KeyPair key, Path state, String dialled) {
    this.auth = auth;
    this.key = key;
    this.state = state;
    this.dialled = List.of(dialled);
  }

  /**
   * Starts it.
   *
   * @param dialled where clients dial it, HOST:PORT
   */
  static DemoProxy start(AuthService auth, KeyPair key, Path state, String dialled)
      throws IOException {
    DemoProxy one = new DemoProxy(auth, key, state, dialled);
    one.open();
    return one;
  }

  private synchronized void open() throws IOException {
    Profiles.directory(state);
    Membership joined =
        auth.enrol(
            new Membership.Settings(
                ServiceKind.PROXY, "proxy", key, state, Labels.NONE, Version.number()));
    member = joined;
    TicketKeyring ring = TicketKeyring.open(joined, state, ProxySettings.TICKET_RENEWABLE);
    keys = ring;
    ClusterJudge judge =
        new ClusterJudge(joined.cluster(), joined.clusterName(), joined::userAuthorities);
    joined.watch(judge::take);
    Proxy started = Patiently.bind(true, () -> serve(settings(ring), judge));
    proxy = started;
    at = (InetSocketAddress) started.addresses().getFirst();
    joined.live(() -> new Membership.Places(dialled, List.of()), started::certify);
  }

  /** Its port may be free a moment later only. */
  private static Proxy serve(ProxySettings settings, ClusterJudge judge) throws IOException {
    try {
      return Proxy.start(settings, judge, ProxyLog.NONE, event -> {});
    } catch (IOException e) {
      throw e.getCause() instanceof BindException ? new BindException(e.getMessage()) : e;
    }
  }

  private ProxySettings settings(TicketKeyring ring) {
    return new ProxySettings(
        List.of(at),
        state,
        List.of(key),
        ring,
        ProxySettings.TICKET_TIME,
        ProxySettings.TICKET_RENEWABLE,
        ProxySettings.AddressPolicy.ANY,
        () -> dialled,
        "",
        List.of(),
        ProxySettings.NODE_PATIENCE);
  }

  synchronized InetSocketAddress address() {
    return at;
  }

  /** Ends it as a process would end, and starts it anew. */
  synchronized void restart() throws IOException {
    close();
    open();
  }

  @Override
  public synchronized void close() {
    if (proxy != null) {
      proxy.close();
    }
    if (keys != null) {
      keys.close();
    }
    Objects.requireNonNull(member).close();
  }
}
