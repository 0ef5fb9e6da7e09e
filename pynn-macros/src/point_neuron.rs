//! `point_neuron!`: a membrane and receptors become a `cell!` and its description.

use crate::errors::nearest;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Result, Token, Visibility, braced};

/// What is written: `pub struct Name: Membrane { receptor: Response, .. }`.
struct Neuron {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: Ident,
    membrane: Ident,
    receptors: Punctuated<Receptor, Token![,]>,
}

struct Receptor {
    attributes: Vec<Attribute>,
    name: Ident,
    response: Ident,
}

impl Parse for Neuron {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let membrane = input.parse()?;
        let content;
        braced!(content in input);
        let receptors = Punctuated::parse_terminated(&content)?;
        Ok(Self { attributes, visibility, name, membrane, receptors })
    }
}

impl Parse for Receptor {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        Ok(Self { attributes, name, response: input.parse()? })
    }
}

/// A parameter: name, quantity, default in base units, bound, what it is.
type Parameter = (&'static str, &'static str, f64, Option<&'static str>, &'static str);

const LIF: [Parameter; 7] = [
    ("v_rest", "Voltage", -65.0, None, "Resting potential."),
    ("cm", "Capacitance", 1.0, Some("positive"), "Membrane capacitance."),
    ("tau_m", "Time", 20.0, Some("positive"), "Membrane time constant."),
    ("tau_refrac", "Time", 0.1, Some("non_negative"), "Refractory period, rounded to the time step."),
    ("i_offset", "Current", 0.0, None, "Constant injected current."),
    ("v_reset", "Voltage", -65.0, None, "Potential after a spike."),
    ("v_thresh", "Voltage", -50.0, None, "Threshold."),
];

const ADEXP: [Parameter; 12] = [
    ("cm", "Capacitance", 0.281, Some("positive"), "Membrane capacitance."),
    ("tau_refrac", "Time", 0.1, Some("non_negative"), "Refractory period, rounded to the time step."),
    ("v_spike", "Voltage", -40.0, None, "Potential at which a spike is cut off and counted."),
    ("v_reset", "Voltage", -70.6, None, "Potential after a spike."),
    ("v_rest", "Voltage", -70.6, None, "Resting potential."),
    ("tau_m", "Time", 9.3667, Some("positive"), "Membrane time constant."),
    ("i_offset", "Current", 0.0, None, "Constant injected current."),
    ("a", "Conductance", 0.004, None, "Sub-threshold adaptation: how w follows v."),
    ("b", "Current", 0.0805, None, "Spike-triggered adaptation: the jump of w at a spike."),
    ("delta_T", "Voltage", 2.0, Some("non_negative"), "Sharpness of the upstroke; 0 for a plain threshold."),
    ("tau_w", "Time", 144.0, Some("positive"), "Time constant of adaptation."),
    ("v_thresh", "Voltage", -50.4, None, "Threshold of the upstroke."),
];

const TAU_SYN: Parameter = ("tau_syn", "Time", 5.0, Some("positive"), "Time constant of");
const E_SYN: Parameter = ("e_syn", "Voltage", 0.0, None, "Reversal potential of");
const TAU_RISE: Parameter = ("tau_rise", "Time", 0.2, Some("positive"), "Time constant of the rise of");
const TAU_DECAY: Parameter = ("tau_decay", "Time", 1.7, Some("positive"), "Time constant of the decay of");

const MEMBRANES: [(&str, &[Parameter]); 2] = [("Lif", &LIF), ("AdExp", &ADEXP)];

const RESPONSES: [(&str, &[Parameter]); 4] = [
    ("CurrExp", &[TAU_SYN]),
    ("CondExp", &[TAU_SYN, E_SYN]),
    ("CondAlpha", &[TAU_SYN, E_SYN]),
    ("CondBeta", &[TAU_RISE, TAU_DECAY, E_SYN]),
];

/// The parameters of the membrane or response called `name`.
fn known(
    what: &str,
    name: &Ident,
    table: &'static [(&'static str, &'static [Parameter])],
) -> Result<&'static [Parameter]> {
    let word = name.to_string();
    if let Some((_, parameters)) = table.iter().find(|(known, _)| *known == word) {
        return Ok(parameters);
    }
    let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    let meant = nearest(&word, names.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
    let meant = meant.unwrap_or_else(|| format!(": there are {}", names.join(", ")));
    Err(Error::new(name.span(), format!("there is no {what} `{word}`{meant}")))
}

/// A field of the `cell!`: its name, and what follows its colon.
fn field(name: &Ident, (_, quantity, default, bound, _): Parameter, doc: &str) -> TokenStream {
    let quantity = format_ident!("{quantity}");
    let bound = bound.map(|bound| {
        let bound = format_ident!("{bound}");
        quote!(=> #bound)
    });
    quote!(#[doc = #doc] #name: ::pynn::units::#quantity = #default #bound,)
}

/// What the receptors add to the parts of a `cell!`.
#[derive(Default)]
struct Parts {
    fields: TokenStream,
    receptors: TokenStream,
    states: TokenStream,
    variables: TokenStream,
    described: TokenStream,
}

impl Parts {
    fn add(&mut self, receptor: &Receptor) -> Result<()> {
        let Receptor { attributes, name, response } = receptor;
        let mut names = TokenStream::new();
        for parameter in known("response", response, &RESPONSES)? {
            let (key, own) = (format_ident!("{}", parameter.0), format_ident!("{name}_{}", parameter.0));
            self.fields.extend(field(&own, *parameter, &format!("{} `{name}`.", parameter.4)));
            let own = own.to_string();
            names.extend(quote!(#key: #own,));
        }
        let (unit, variable, kind) = if response == "CurrExp" {
            (format_ident!("Current"), format_ident!("{name}_isyn"), format_ident!("SynapticCurrent"))
        } else {
            (format_ident!("Conductance"), format_ident!("{name}_gsyn"), format_ident!("SynapticConductance"))
        };
        self.receptors.extend(quote!(#(#attributes)* #name: ::pynn::units::#unit,));
        self.states.extend(quote!(#variable: ::pynn::units::#unit = 0.0,));
        self.variables.extend(quote!(#variable: #kind,));
        let (name, variable) = (name.to_string(), variable.to_string());
        self.described.extend(quote!(::pynn::point_neuron::PostSynapticReceptor {
            name: #name,
            variable: #variable,
            response: ::pynn::point_neuron::Response::#response { #names },
        },));
        Ok(())
    }
}

/// The expansion, or what is wrong.
pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let Neuron { attributes, visibility, name, membrane, receptors } = syn::parse2(input)?;
    let parameters = known("membrane", &membrane, &MEMBRANES)?;
    if receptors.is_empty() {
        return Err(Error::new(name.span(), "a point neuron needs a receptor, such as `AMPA: CondExp`"));
    }
    let mut parts = Parts::default();
    for (index, receptor) in receptors.iter().enumerate() {
        if receptors.iter().take(index).any(|earlier| earlier.name == receptor.name) {
            let message = format!("the receptor `{}` is declared twice", receptor.name);
            return Err(Error::new(receptor.name.span(), message));
        }
        parts.add(receptor)?;
    }
    let Parts { fields, receptors, states, variables, described } = parts;
    let fields: TokenStream = parameters
        .iter()
        .map(|parameter| field(&format_ident!("{}", parameter.0), *parameter, parameter.4))
        .chain([fields])
        .collect();
    let rest = if membrane == "AdExp" { -70.6 } else { -65.0 };
    let adapts = membrane == "AdExp";
    let w_state = adapts.then(|| quote!(w: ::pynn::units::Current = 0.0,));
    let w_variable = adapts.then(|| quote!(w: AdaptationCurrent,));
    let label = name.to_string();
    Ok(quote! {
        ::pynn::cell! {
            #(#attributes)*
            #visibility struct #name: #label { #fields }
            receptors { #receptors }
            states { v: ::pynn::units::Voltage = #rest, #w_state #states }
            variables { spikes: Spikes, v: MembranePotential, #w_variable #variables }
        }

        impl ::pynn::point_neuron::PointNeuron for #name {
            const MEMBRANE: ::pynn::point_neuron::Membrane = ::pynn::point_neuron::Membrane::#membrane;
            const RECEPTORS: &'static [::pynn::point_neuron::PostSynapticReceptor] = &[#described];
        }

        ::pynn::__private::simulates_point_neuron! { #name }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_reported_with_a_remedy() {
        for (input, words) in [
            (quote!(struct A: Liff { x: CondExp }), "no membrane `Liff`; did you mean `Lif`?"),
            (quote!(struct A: Lif { x: Expo }), "there are CurrExp, CondExp, CondAlpha, CondBeta"),
            (quote!(struct A: Lif { x: CondExp, x: CurrExp }), "`x` is declared twice"),
            (quote!(struct A: Lif {}), "needs a receptor"),
        ] {
            let message = expand(input).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }
}
