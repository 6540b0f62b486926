//! Answers on port 8080: `/healthz` with the digest of the image it came in, anything else with a greeting.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> std::io::Result<()> {
    let digest = std::env::var("IMAGE_DIGEST").unwrap_or_default();
    for connection in TcpListener::bind("0.0.0.0:8080")?.incoming() {
        if let Err(error) = connection.and_then(|stream| serve(stream, &digest)) {
            eprintln!("{error}");
        }
    }
    Ok(())
}

fn serve(mut stream: TcpStream, digest: &str) -> std::io::Result<()> {
    let mut request = String::new();
    BufReader::new(&stream).read_line(&mut request)?;
    let (status, body) = answer(&request, digest);
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn answer<'a>(request: &str, digest: &'a str) -> (&'static str, &'a str) {
    match request.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["GET", "/healthz", _] => ("200 OK", digest),
        ["GET", _, _] => ("200 OK", "hello"),
        _ => ("405 Method Not Allowed", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::answer;

    #[test]
    fn health_names_the_image() {
        assert_eq!(answer("GET /healthz HTTP/1.1\r\n", "sha256:1"), ("200 OK", "sha256:1"));
    }

    #[test]
    fn nothing_is_written() {
        assert_eq!(answer("POST / HTTP/1.1\r\n", "").0, "405 Method Not Allowed");
    }
}
