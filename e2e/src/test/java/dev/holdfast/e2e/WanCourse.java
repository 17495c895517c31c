package dev.holdfast.e2e;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A course through a wide-area network with NAT, in which the client's address can change. */
final class WanCourse implements Course {
  private final Wan wan = new Wan("-n", "delay=10ms");
  private final Sshd sshd = Sshd.start(wan.server().enter());
  private final Gate gate =
      Gate.start(
          new InetSocketAddress(Wan.SERVER_ADDRESS, Ports.free().getPort()),
          sshd.address(),
          wan.server().enter());
  private final List<Web> webs = new ArrayList<>();

  @Override
  public Ssh nextLane() {
    return Ssh.to(gate.address(), Holdfast.proxyCommand("%h", "%p"), wan.client().enter());
  }

  Wan wan() {
    return wan;
  }

  @Override
  public Web serve(Path directory) {
    webs.add(Web.of(directory, wan.server().enter()));
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

  /** All lanes share the network; two of three carry bulk, one up and one down. */
  @Override
  public void slowDown(long bytesPerSecond) {
    wan.tell("set rate=" + bytesPerSecond * 8);
  }

  @Override
  public void close() {
    Course.closeAll(webs);
    Course.closeAll(List.of(gate, sshd, wan));
  }
}
