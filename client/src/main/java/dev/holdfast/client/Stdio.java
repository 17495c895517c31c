package dev.holdfast.client;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * The standard streams of the program that a session is for, unbuffered.
 *
 * @param err for the session's bytes and for what the person is told
 */
public record Stdio(InputStream in, OutputStream out, PrintStream err) {}
