//! The tree of a `network!` block. Nodes keep the user's tokens; a part that could not be read is `None`,
//! so that the finished parts of a broken item still reach rustc and rust-analyzer.

use crate::value::Value;
use proc_macro2::{Group, Ident, Span, TokenStream};
use syn::{Attribute, Generics, Type, Visibility};

/// A whole block.
pub(crate) struct Network {
    pub(crate) header: Header,
    pub(crate) items: Vec<Item>,
    /// Words found where an item should begin: offered to rust-analyzer for keyword completion.
    pub(crate) strays: Vec<Ident>,
}

/// `/// docs` `pub struct Name<A: Backend> { n: usize }`.
pub(crate) struct Header {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) params: Vec<Param>,
}

/// A field of the header: an argument of `build`.
pub(crate) struct Param {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

pub(crate) enum Item {
    Seed(Seed),
    Simulator(Simulator),
    Population(Population),
    Assign(Assign),
    Projection(Projection),
    Inject(Inject),
    Record(Record),
    Annotate(Annotate),
    Structure(Structure),
    Space(SpaceItem),
    View(View),
    Assembly(Assembly),
    For(For),
    If(If),
    Let(Let),
}

/// `seed 42;`
pub(crate) struct Seed {
    pub(crate) keyword: Ident,
    pub(crate) value: Option<TokenStream>,
}

/// `simulator sim1: Native { processes: 6, timestep: 0.1ms };`
pub(crate) struct Simulator {
    pub(crate) name: Ident,
    pub(crate) backend: Option<Type>,
    pub(crate) options: Option<Value>,
}

/// `population exc on sim1: [IfCurrExp { .. }; 4 * n];` or a family `population layer[k in 0..4] on ..`.
pub(crate) struct Population {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) family: Option<Family>,
    pub(crate) simulator: Option<Ident>,
    pub(crate) cell: Option<Value>,
    pub(crate) size: Option<TokenStream>,
}

/// `[k in 0..4]`
pub(crate) struct Family {
    pub(crate) pattern: TokenStream,
    pub(crate) source: TokenStream,
}

/// `initial exc.v ~ Uniform { .. };` or `vary exc.tau_m = 20.0ms;`
pub(crate) struct Assign {
    pub(crate) kind: AssignKind,
    pub(crate) keyword: Ident,
    pub(crate) end: Option<End>,
    pub(crate) value: Option<Value>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum AssignKind {
    Initial,
    Vary,
}

/// `projection drive = input -> hh.excitatory: AllToAll, StaticSynapse { .. };`
pub(crate) struct Projection {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) label: Option<Ident>,
    /// One end, or the several of a tuple; none where it could not be read.
    pub(crate) pre: Vec<End>,
    pub(crate) post: Option<End>,
    pub(crate) connector: Option<Value>,
    pub(crate) synapse: Option<Value>,
}

/// `inject drive = DcSource { amplitude: 0.5nA, .. } -> exc[0..10];`
pub(crate) struct Inject {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) label: Option<Ident>,
    pub(crate) source: Option<Value>,
    pub(crate) cells: Option<End>,
}

/// `name`, `name[0..10]`, `family[k]`, `family[k][0..10]`, each perhaps with `.part`.
pub(crate) struct End {
    pub(crate) name: Ident,
    pub(crate) brackets: Vec<Group>,
    /// A dot was written, perhaps without a name behind it.
    pub(crate) dot: Option<Span>,
    pub(crate) part: Option<Ident>,
    /// Parentheses behind the dot: a receptor that is computed.
    pub(crate) computed: Option<Group>,
}

/// `record hh[0..10]: spikes, v every 0.1ms;`
pub(crate) struct Record {
    pub(crate) end: Option<End>,
    pub(crate) variables: Vec<Ident>,
    pub(crate) every: Option<TokenStream>,
}

/// `annotate exc: layer = "4", "brain area" = "V1";`
pub(crate) struct Annotate {
    pub(crate) end: Option<End>,
    /// Keys, and values as written.
    pub(crate) notes: Vec<(String, TokenStream)>,
}

/// `structure exc: Grid2D { dx: 10.0um, .. };`
pub(crate) struct Structure {
    pub(crate) keyword: Ident,
    pub(crate) end: Option<End>,
    pub(crate) value: Option<Value>,
}

/// `space Space { axes: Axes::Xy, .. };`
pub(crate) struct SpaceItem {
    pub(crate) keyword: Ident,
    pub(crate) value: Option<Value>,
}

/// `view some = exc[0..10];` or `view some = exc.sample(10);`
pub(crate) struct View {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    /// `None` also where the rest of the item could not be read.
    pub(crate) end: Option<End>,
    pub(crate) choice: Option<Choice>,
}

/// `.sample(10)`
pub(crate) struct Choice {
    pub(crate) method: Ident,
    pub(crate) arguments: TokenStream,
}

/// `assembly all = exc + inh[0..10];`
pub(crate) struct Assembly {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    /// None where the item could not be read.
    pub(crate) members: Vec<End>,
}

/// `for (pre, post) in TABLE { .. }`
pub(crate) struct For {
    pub(crate) pattern: TokenStream,
    pub(crate) source: TokenStream,
    pub(crate) body: Vec<Item>,
}

/// `if a { .. } else if b { .. } else { .. }`
pub(crate) struct If {
    pub(crate) branches: Vec<(TokenStream, Vec<Item>)>,
    pub(crate) otherwise: Option<Vec<Item>>,
}

/// `let half = n / 2;`
pub(crate) struct Let {
    pub(crate) pattern: TokenStream,
    pub(crate) ty: Option<TokenStream>,
    pub(crate) value: TokenStream,
}

impl Population {
    /// Whether nothing of the item is missing.
    pub(crate) fn is_complete(&self) -> bool {
        self.simulator.is_some() && self.cell.is_some() && self.size.is_some()
    }
}

impl Item {
    /// Items nested in this one, of all branches.
    pub(crate) fn bodies(&self) -> Vec<&[Item]> {
        match self {
            Item::For(repeat) => vec![&repeat.body],
            Item::If(choice) => {
                let branches = choice.branches.iter().map(|(_, body)| body.as_slice());
                branches.chain(choice.otherwise.as_deref()).collect()
            }
            _ => Vec::new(),
        }
    }
}
