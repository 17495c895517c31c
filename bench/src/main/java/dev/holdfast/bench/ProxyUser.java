package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * A user who has the key that a node takes, and his commands for going there through a proxy.
 *
 * @param scratch for the configuration of ssh
 */
record ProxyUser(SshServer node, Scratch scratch) {
  private static final String NODE = "web1";

  /** The proxy's line for the node. */
  String nodeLine() {
    return "%s address=127.0.0.1:%d%n".formatted(NODE, node.port());
  }

  /** His public key. */
  String key() throws IOException {
    return Files.readString(node.userKey("user.pub"));
  }

  /** Stock ssh as with {@code -J}. */
  List<String> jump(int at) {
    String command =
        String.join(" ", stock("ssh", at))
            + " -W "
            + NODE
            + ":22 "
            + Crowd.USER
            + "@"
            + SshReach.host();
    return ssh(command);
  }

  /** Stock ssh with our ProxyCommand. */
  List<String> connect(String launcher, int at) throws IOException {
    return ssh(
        "%s connect -F %s --proxy %s@jump%d %s 22"
            .formatted(launcher, configuration(at), Crowd.USER, at, NODE));
  }

  /** Our client. */
  List<String> road(String launcher, int at) throws IOException {
    return List.of(
        launcher, "ssh", "-F", configuration(at).toString(), "-o", "HoldfastProxy=jump" + at);
  }

  private List<String> ssh(String proxyCommand) {
    var command = new ArrayList<>(stock("ssh", node.port()));
    command.addAll(List.of("-o", "ProxyCommand=" + proxyCommand));
    return command;
  }

  private List<String> stock(String program, int at) {
    return node.client(List.of(program), at);
  }

  /** As options can't say it: one host is the proxy, the other one the node. */
  private java.nio.file.Path configuration(int at) throws IOException {
    java.nio.file.Path file = scratch.directory().resolve("ssh_config" + at);
    Files.writeString(
        file,
        """
        Host jump%d
          HostName 127.0.0.1
          Port %d
          User %s
        Host 127.0.0.1
          HostName %s
        Host *
          IdentityFile %s
          IdentitiesOnly yes
          IdentityAgent none
          StrictHostKeyChecking no
          UserKnownHostsFile /dev/null
          LogLevel ERROR
        """
            .formatted(at, at, Crowd.USER, NODE, node.userKey("user")));
    return file;
  }
}
