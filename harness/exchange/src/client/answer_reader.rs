//! Reads an answer piece by piece, against the bounds of the check, or of all that the client does side by side.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use tokio::sync::SemaphorePermit;

use super::Client;
use crate::bounds::parsed_size;
use crate::intake::IntakeShare;
use crate::meter::{BoundError, Meter, MeterShare};

/// What one answer takes in hand.
pub(super) struct AnswerReader<'c> {
    client: &'c Client,
    part: AnswerPart<'c>,
    /// Bytes that are counted as in hand.
    counted: usize,
    /// How long it waited for others.
    pub waited: Duration,
}

enum AnswerPart<'c> {
    Check(&'c Meter, MeterShare),
    Intake(IntakeShare<'c>),
}

/// Why an answer was not read to its end.
pub(super) enum AnswerReaderError {
    Bound(BoundError),
    Http(reqwest::Error),
}

impl From<BoundError> for AnswerReaderError {
    fn from(bound: BoundError) -> Self {
        Self::Bound(bound)
    }
}

impl<'c> AnswerReader<'c> {
    pub(super) fn new(client: &'c Client) -> Self {
        let part = match &client.meter {
            Some(meter) => AnswerPart::Check(meter, meter.share()),
            None => AnswerPart::Intake(client.shared.intake.share()),
        };
        Self { client, part, counted: 0, waited: Duration::ZERO }
    }

    /// The body of an answer. While it waits for others it gives up its place among the requests that are under way: those that it
    /// waits for may need it.
    pub(super) async fn body(
        &mut self,
        answer: &mut reqwest::Response,
        permit: SemaphorePermit<'_>,
    ) -> Result<Bytes, AnswerReaderError> {
        let mut permit = Some(permit);
        let most = self.client.shared.bounds.answer;
        // As much as is announced, so that no half of it is copied while it grows.
        let announced = answer.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        // It has room before it has memory: a buffer takes that of others that were filled a moment ago.
        self.admit(announced.min(most), &mut permit).await?;
        let mut body = BytesMut::with_capacity(announced.min(most));
        loop {
            let chunk = match answer.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return Ok(body.freeze()),
                // The endpoint is not late: it was not listened to.
                Err(error) if error.is_timeout() && !self.waited.is_zero() => return Err(BoundError::Room.into()),
                Err(error) => return Err(AnswerReaderError::Http(error)),
            };
            if body.len() + chunk.len() > most {
                return Err(BoundError::Answer { most }.into());
            }
            let further = (body.len() + chunk.len()).saturating_sub(self.counted);
            self.admit(further, &mut permit).await?;
            body.extend_from_slice(&chunk);
        }
    }

    /// Counts `more` bytes; waits where others take much.
    async fn admit(&mut self, more: usize, permit: &mut Option<SemaphorePermit<'_>>) -> Result<(), BoundError> {
        if more > 0 && self.grow(more)? && !self.try_turn() {
            drop(permit.take());
            self.turn().await;
        }
        Ok(())
    }

    /// Takes the JSON of a body in hand, if it is not too much.
    pub(super) async fn json(mut self, body: &[u8]) -> Result<Option<MeterShare>, BoundError> {
        let (parsed, most) = (parsed_size(body), self.client.shared.bounds.parsed());
        if parsed > most {
            return Err(BoundError::Parsed { parsed: parsed / (1024 * 1024), most: most / (1024 * 1024) });
        }
        let further = (body.len() + parsed).saturating_sub(self.counted);
        self.admit(further, &mut None).await?;
        match (self.part, &self.client.room) {
            (AnswerPart::Check(_, share), _) => Ok(Some(share)),
            // Its turn is another's once there is room for it.
            (AnswerPart::Intake(_turn), Some(room)) => room.hold(body.len() + parsed).await,
            (AnswerPart::Intake(_), None) => Ok(None),
        }
    }

    fn grow(&mut self, more: usize) -> Result<bool, BoundError> {
        self.counted += more;
        match &mut self.part {
            AnswerPart::Check(meter, share) => meter.grow(share, more),
            AnswerPart::Intake(share) => Ok(share.grow(more)),
        }
    }

    fn try_turn(&mut self) -> bool {
        match &mut self.part {
            AnswerPart::Check(meter, _) => meter.try_turn(),
            AnswerPart::Intake(share) => share.try_turn(),
        }
    }

    async fn turn(&mut self) {
        let started = Instant::now();
        match &mut self.part {
            AnswerPart::Check(meter, _) => meter.turn().await,
            AnswerPart::Intake(share) => share.turn().await,
        }
        self.waited += started.elapsed();
    }
}
