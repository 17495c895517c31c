package dev.holdfast.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A course on loopback in which every lane is a {@link CuttingRelay}. */
final class RelayCourse implements Course {
  private final Sshd sshd = Sshd.start();
  private final Gate gate = Gate.before(sshd.address());
  private final List<CuttingRelay> relays = new ArrayList<>();
  private final List<Web> webs = new ArrayList<>();

  @Override
  public Ssh nextLane() {
    CuttingRelay relay = new CuttingRelay(gate.address());
    relays.add(relay);
    return Ssh.to(relay.address(), Holdfast.proxyCommand("%h", "%p"));
  }

  /** The relays in the order of the lanes. */
  List<CuttingRelay> relays() {
    return relays;
  }

  @Override
  public Web serve(Path directory) {
    webs.add(Web.of(directory));
    return webs.getLast();
  }

  @Override
  public Gate gate() {
    return gate;
  }

  @Override
  public Sshd sshd() {
    return sshd;
  }

  @Override
  public void slowDown(long bytesPerSecond) {
    relays.forEach(relay -> relay.rate(bytesPerSecond));
  }

  @Override
  public void close() {
    Course.closeAll(relays);
    Course.closeAll(webs);
    Course.closeAll(List.of(gate, sshd));
  }
}
