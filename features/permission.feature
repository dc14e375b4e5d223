Feature: Permissions
  User-defined policies say what an account may do with which key. A token carries what its requester
  held on the key when it was asked for.

  @KMS2-SUB-014
  Scenario Outline: What a policy permits is accepted: <call>
    Given a key with a token set
    When <call>
    Then the call is accepted

    Examples:
      | call                                   |
      | I encrypt with the encryptor           |
      | I ask for a token set as the encryptor |

    @needs-api10
    Examples:
      | call                                      |
      | I encrypt over API 1.0 with the encryptor |

  @KMS2-SUB-015
  Scenario Outline: Who may encrypt alone may not <operation> with the key
    Given a key
    And the key serves the account
    When I <operation> with the encryptor
    Then the call is refused

    Examples:
      | operation           |
      | decrypt             |
      | re-encrypt          |
      | create a custom key |

  @KMS2-SUB-015
  Scenario Outline: Who may encrypt alone may not <manage>
    Given a key with a token set
    And the key is such that the account can <manage>
    When I <manage> as the encryptor
    Then the call is refused
    And the account can still <manage>

    Examples:
      | manage              |
      | create a key        |
      | disable the key     |
      | replace the creator |

  @KMS2-SUB-016
  Scenario Outline: A policy for one key permits nothing on another: <call>
    Given a key with a token set
    And another key
    And the encryptor may encrypt with the other key alone
    When <call>
    Then the call is refused
    And the other key can be used to encrypt with the encryptor

    Examples:
      | call                                   |
      | I encrypt with the encryptor           |
      | I ask for a token set as the encryptor |

  @KMS2-SUB-017
  Scenario: The key list shows an account the keys that it may list
    Given a key
    And another key
    And the encryptor may list the other key alone
    When I list the keys as the encryptor
    Then the answer lists the other key alone

  @KMS2-SUB-013
  Scenario Outline: Who has no access by API Gateway is refused: <call>
    Given a key
    And the encryptor is served
    And the encryptor has no access by API Gateway
    When <call>
    Then the call is refused

    Examples:
      | call                         |
      | I encrypt with the encryptor |

    @needs-api10
    Examples:
      | call                                      |
      | I encrypt over API 1.0 with the encryptor |

  @KMS2-ACC-010
  Scenario: A key pair that was disabled no longer authenticates
    Given a key
    And the encryptor is served
    And the key pair of the encryptor is disabled
    When I encrypt with the encryptor
    Then the call is refused

  @KMS2-TOK-040
  Scenario: A token carries what its requester may do
    Given a key with a token set
    When a token set is issued to the encryptor
    Then the access token works
    And the refresh token works

  @KMS2-TOK-040 @needs-rights
  Scenario: A token carries what its requester may do by the time of asking
    Given a key with a token set
    And the key serves the account
    And the encryptor may also decrypt
    And a token set is issued to the encryptor
    When I decrypt with the access token
    Then the call is accepted

  @KMS2-TOK-041
  Scenario: A token of who may not decrypt does not decrypt
    Given a key with a token set
    And the key serves the account
    And a token set is issued to the encryptor
    When I decrypt with the access token
    Then the call is refused

  @KMS2-TOK-041
  Scenario: Renewal adds no permission to a token
    Given a key with a token set
    And the key serves the account
    And a token set is issued to the encryptor
    And I renew the token set with the refresh token
    When I decrypt with the new access token
    Then the call is refused

  @KMS2-TOK-041 @needs-rights
  Scenario: A token lacks what its requester may no longer do when it asks
    Given a key with a token set
    And the encryptor may ask for tokens alone
    And a token set is issued to the encryptor
    When I encrypt with the access token
    Then the call is refused

  @KMS2-TOK-042
  Scenario: A token keeps what its requester may no longer do
    Given a key with a token set
    And a token set is issued to the encryptor
    And the encryptor may do nothing
    When I encrypt with the encryptor
    Then the call is refused
    And the access token works
    And the refresh token works

  @KMS2-TOK-042
  Scenario: A token does not gain what its requester may do since
    Given a key with a token set
    And the key serves the account
    And a token set is issued to the encryptor
    And the encryptor may also decrypt
    When I decrypt with the access token
    Then the call is refused
    And the key can be used to decrypt with the encryptor
