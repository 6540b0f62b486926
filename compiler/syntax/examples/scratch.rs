fn main() {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        let start = std::time::Instant::now();
        let parsed = pipec_syntax::parse(pipec_base::FileId(0), &text);
        let took = start.elapsed();
        println!("{path}: {} items, {:?}", parsed.tree.items.len(), took);
        for d in &parsed.diagnostics {
            let s = d.span();
            let line = text[..s.start as usize].matches('\n').count() + 1;
            println!("  {line}: {}[{:?}] {:?}", d.code, &text[s.range()], d.message);
        }
        if std::env::var("TREE").is_ok() {
            println!("{:#?}", parsed.tree);
        }
    }
}
