package dev.holdfast.cli;

import dev.holdfast.browser.BrowserWindow;
import dev.holdfast.browser.WindowSettings;
import dev.holdfast.client.Logins;
import dev.holdfast.client.OwnCommand;
import dev.holdfast.forward.ForwardSettings;
import dev.holdfast.forward.Servers;
import dev.holdfast.link.Confinement;
import dev.holdfast.link.UnsupportedHostException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast open}: the browser window that belongs to a server. */
@Command(
    name = "open",
    description = {
      "Open a browser window that belongs to a server: localhost in it is the server's.",
      "",
      "The window is an installed Chromium, Chrome, Edge, Brave or Firefox, with a profile of its"
          + " own for each login. Its start page lists the web apps that run on the server."
    },
    mixinStandardHelpOptions = true)
final class OpenCommand implements Callable<Integer> {
  @Option(
      names = "--browser",
      paramLabel = "NAME",
      description =
          "The browser: its name, a part of that, or its file; the first installed one unless"
              + " given.")
  private @Nullable String browser;

  @Option(
      names = "--browser-option",
      paramLabel = "OPTION",
      description = "One more option for the browser; may be given several times.")
  private List<String> browserOptions = List.of();

  @Option(
      names = "--allow-internet",
      description =
          "Let the window reach other machines too, through the server, which looks up their"
              + " names.")
  private boolean allowsInternet;

  @Option(
      names = "--own-browser",
      description = "Show the server's apps in your usual browser, at ports of this machine.")
  private boolean isOwnBrowser;

  @Mixin private SshOptions ssh;

  @Parameters(index = "0", paramLabel = "[user@]host", description = "The server, as ssh knows it.")
  private String destination;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "URL",
      description =
          "What to open, as a program printed it there, or just a port; the start page unless"
              + " given.")
  private @Nullable String address;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (isOwnBrowser) {
      String page = "/server/" + encoded(destination) + "/";
      String go = address == null ? "" : "go?url=" + encoded(address);
      new OwnBrowser(0, true, ssh::arguments, List.of()).show(page + go);
      return 0;
    }
    WindowSettings settings =
        new WindowSettings(
            Optional.ofNullable(browser),
            browserOptions,
            allowsInternet,
            Optional.ofNullable(address),
            System.getenv(),
            Path.of(System.getProperty("user.home")));
    Logins logins = Logins.attended(System.err);
    try (Servers servers = Servers.start(logins, ForwardSettings.usual())) {
      show(servers, settings);
    }
    return 0;
  }

  private void show(Servers servers, WindowSettings settings)
      throws IOException, InterruptedException {
    try {
      if (Confinement.extent() == Confinement.Extent.CALLS) {
        tell(
            "This kernel has no Landlock: the process that reads what the server sends has no keys,"
                + " no network but the server and starts nothing, but it could read your files, and"
                + " favourites are not kept; Linux 5.13 has it, if 'lsm=' on the kernel's command"
                + " line has not switched it off.");
      }
    } catch (UnsupportedHostException e) {
      tell("The window's connections are not confined by the system: " + e.getMessage());
      BrowserWindow.run(servers.get(ssh.arguments(destination)), settings, OpenCommand::tell);
      return;
    }
    BrowserWindow.runConfined(
        servers.monitor(ssh.arguments(destination)),
        OwnCommand.words(Main.class.getName(), RoomCommand.NAME),
        OwnCommand.files(),
        settings,
        OpenCommand::tell);
  }

  private static void tell(String text) {
    System.err.println("holdfast: " + text);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
